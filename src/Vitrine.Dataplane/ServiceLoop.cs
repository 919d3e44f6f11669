using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Vitrine.Dataplane.Apply.Services;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Linux.Nft;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Services;
using Vitrine.Model.Snapshot;

namespace Vitrine.Dataplane;

/// <summary>
/// Keeps the service tables as the plan says, by a path of its own, since a changed endpoint is felt at once.
/// <code>
/// API changed ─ compile what changed ─ write it ─ cut stale flows ─ answer health checks, and for load balancer addresses
/// somebody touched our table, or wrote anything to nftables half a minute ago ─ compare with the kernel instead
/// </code>
/// It works on the network namespace it was made in. Nothing is removed when it stops.
/// </summary>
internal sealed partial class ServiceLoop : IDisposable
{
    private readonly Func<(ClusterSnapshot Snapshot, HashSet<string> Changed)?> take;
    private readonly ClusterSnapshot? earlier;
    private readonly string nodeName;
    private readonly ServiceRules rules;
    private readonly ILogger logger;
    private readonly TimeProvider time;
    private readonly NetnsHandle netns = NetnsHandle.Current();
    private readonly NftSocket nft = NftSocket.Open();
    private readonly NftEvents events = NftEvents.Open();
    private readonly RtnetlinkSocket links = RtnetlinkSocket.Open();
    private readonly ServiceApply apply;
    private readonly FlowCutter flows;
    private readonly HealthPorts health;
    private readonly Announcer announcer;
    private readonly HashSet<string> pending = [];
    private ClusterSnapshot? snapshot;
    private ServicePlan? plan;
    private readonly TableGeneration generation;
    private volatile bool touched = true;
    private string told = "";

    /// <param name="take">the newest snapshot, and which Services changed since the last call; null while it is not known whole</param>
    /// <param name="earlier">the one that <paramref name="take"/> gives while the API does not answer</param>
    /// <param name="nodeName">whose plan</param>
    /// <param name="rules">the operator's decisions</param>
    /// <param name="logger">for complaints</param>
    /// <param name="time">the clock</param>
    public ServiceLoop(Func<(ClusterSnapshot Snapshot, HashSet<string> Changed)?> take, ClusterSnapshot? earlier, string nodeName, ServiceRules rules, ILogger logger, TimeProvider time)
    {
        (this.take, this.earlier, this.nodeName, this.rules, this.logger, this.time) = (take, earlier, nodeName, rules, logger, time);
        var skeleton = new ServiceSkeleton(NetSysctl.Read("ipv6/conf/all/disable_ipv6") is not null);
        apply = new ServiceApply(new NftServiceTable(nft, skeleton), skeleton);
        generation = new TableGeneration(nft);
        flows = new FlowCutter(netns);
        health = new HealthPorts(netns);
        announcer = new Announcer(netns, links, time);
    }

    /// <summary>Until cancelled.</summary>
    public Task RunAsync(Channel<bool> signal, CancellationToken ct) =>
        TableRounds.RunAsync(signal.Reader, Pass, () => touched |= generation.MayDiffer(), [stop => TableRounds.HearAsync(events, nft, ServiceSkeleton.Name, () => Touched(signal.Writer), stop), stop => flows.RunAsync(Say, time, stop)], time, ct);

    public void Dispose()
    {
        announcer.Dispose();
        health.Dispose();
        flows.Dispose();
        links.Dispose();
        events.Dispose();
        nft.Dispose();
        netns.Dispose();
    }

    /// <returns>true when something failed</returns>
    internal bool Pass()
    {
        var failures = new List<string>();
        if (take() is { } news)
        {
            if (ReferenceEquals(news.Snapshot, earlier))
                return Answer(ServicePlan.Compile(news.Snapshot, nodeName, rules), failures);
            snapshot = news.Snapshot;
            pending.UnionWith(news.Changed);
        }
        if (snapshot is null)
            return false;
        var verify = touched;
        touched = false;
        var before = plan;
        var next = ServicePlan.Compile(snapshot, nodeName, rules, before, before is null ? null : pending);
        try
        {
            // A node that changes its zone chooses anew for all Services.
            var scope = before is not null && before.Here == next.Here && apply.Plan == before ? pending : null;
            var differ = before is null ? null : ServiceDifference.Of(before, next, scope);
            var changes = verify ? generation.Compare(() => apply.Verify(next)) : apply.Update(next, scope);
            plan = next;
            pending.Clear();
            if (changes > 0)
                Changed(changes, nodeName);
            flows.Cut(before, next, differ);
            netns.Run(ServiceSysctls.Ensure);
        }
        catch (LinuxException e)
        {
            touched = true;
            failures.Add(e.Message);
        }
        return Answer(next, failures);
    }

    /// <summary>What no table does. Of a plan that is an agent's before this one it is all: the kernel may hold what is newer.</summary>
    private bool Answer(ServicePlan next, List<string> failures)
    {
        failures.AddRange(health.Ensure(next));
        failures.AddRange(announcer.Ensure(next.Announced));
        Say(string.Join("; ", failures.Concat(apply.LeftOut.Select(s => $"service/{s}: no room left in the table"))));
        return failures.Count > 0;
    }

    private void Touched(ChannelWriter<bool> signal)
    {
        touched = true;
        signal.TryWrite(true);
    }

    /// <summary>The same complaint once.</summary>
    private void Say(string complaints)
    {
        if (complaints != told && (told = complaints).Length > 0)
            Complained(complaints);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "changed {Count} elements of the service tables of node {Node}")]
    private partial void Changed(int count, string node);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Complaints}")]
    private partial void Complained(string complaints);
}
