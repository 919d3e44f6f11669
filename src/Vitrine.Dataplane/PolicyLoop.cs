using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Vitrine.Dataplane.Apply.Policies;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Linux.Nft;
using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;

namespace Vitrine.Dataplane;

/// <summary>
/// Keeps the policy table as the plan says.
/// <code>
/// API changed ─ compile what changed ─┐
/// a pod's link or route came or went ─┴ write it
/// somebody touched our table, or wrote anything to nftables half a minute ago ─ compare with the kernel instead
/// </code>
/// It works on the network namespace it was made in. Nothing is removed when it stops: what was decided last stays decided, and pods it has not heard of stay
/// closed.
/// </summary>
internal sealed partial class PolicyLoop : IDisposable
{
    private const int HostBits4 = 32, HostBits6 = 128;
    private readonly Func<(ClusterSnapshot Snapshot, HashSet<string> Changed)?> take;
    private readonly string nodeName;
    private readonly NetnsHandle? foreigners;
    private readonly ILogger logger;
    private readonly TimeProvider time;
    private readonly NftSocket nft = NftSocket.Open();
    private readonly NftEvents tables = NftEvents.Open();
    private readonly RtnetlinkSocket links = RtnetlinkSocket.Open();
    private readonly RtnetlinkEvents comings = RtnetlinkEvents.Open();
    private readonly PolicyApply apply;
    private ClusterSnapshot? snapshot;
    private PolicyPlan? plan;
    private readonly TableGeneration generation;
    private volatile bool touched = true;
    private string told = "";

    /// <param name="take">the newest snapshot, and which pods changed since the last call; null while it is not known whole</param>
    /// <param name="nodeName">whose plan</param>
    /// <param name="hasForeignPods">another CNI plugin wires pods of this node</param>
    /// <param name="logger">for complaints</param>
    /// <param name="time">the clock</param>
    public PolicyLoop(Func<(ClusterSnapshot Snapshot, HashSet<string> Changed)?> take, string nodeName, bool hasForeignPods, ILogger logger, TimeProvider time)
    {
        (this.take, this.nodeName, this.logger, this.time) = (take, nodeName, logger, time);
        foreigners = hasForeignPods ? NetnsHandle.Current() : null;
        var skeleton = new PolicySkeleton(NetSysctl.Read("ipv6/conf/all/disable_ipv6") is not null);
        apply = new PolicyApply(new NftPolicyTable(nft, skeleton), skeleton);
        generation = new TableGeneration(nft);
    }

    /// <summary>Until cancelled.</summary>
    public Task RunAsync(Channel<bool> signal, CancellationToken ct) =>
        TableRounds.RunAsync(signal.Reader, Pass, () => touched |= generation.MayDiffer(), [stop => TableRounds.HearAsync(tables, nft, PolicySkeleton.Name, () => Touched(signal.Writer), stop), stop => HearLinksAsync(signal.Writer, stop)], time, ct);

    public void Dispose()
    {
        foreigners?.Dispose();
        comings.Dispose();
        links.Dispose();
        tables.Dispose();
        nft.Dispose();
    }

    /// <returns>true when something failed</returns>
    internal bool Pass()
    {
        if (take() is { } news && !ReferenceEquals(news.Snapshot, snapshot))
            plan = PolicyPlan.Compile(snapshot = news.Snapshot, nodeName, plan, plan is null ? null : news.Changed);
        // Without the node's ranges nobody would be closed; a missing table keeps pods from starting, this one would not.
        if (plan is null || (plan.OwnPods.IsEmpty && foreigners is null))
            return false;
        var verify = touched;
        touched = false;
        try
        {
            var own = PodLink.Read(links);
            var foreign = foreigners is null ? [] : ForeignLinks.Read(links, plan, own);
            ImmutableArray<PodLink> pods = [.. own, .. foreign];
            var changes = verify ? generation.Compare(() => apply.Verify(plan, pods)) : apply.Update(plan, pods);
            if (changes > 0)
                Changed(changes, nodeName);
            Say(string.Join("; ", Unenforced(own).Concat(foreigners is null ? [] : ForeignLinks.Unenforced(foreigners, plan, foreign))));
            return false;
        }
        catch (LinuxException e)
        {
            touched = true;
            Say(e.Message);
            return true;
        }
    }

    private static IEnumerable<string> Unenforced(ImmutableArray<PodLink> pods) => pods.Where(p => p.Bridged).Select(p =>
        $"pod {p.Pod ?? p.Uid}: {p.BridgedFault}; {PodLink.BridgedFix}");

    private void Touched(ChannelWriter<bool> signal)
    {
        touched = true;
        signal.TryWrite(true);
    }

    private async Task HearLinksAsync(ChannelWriter<bool> signal, CancellationToken ct)
    {
        while (true)
            if (await comings.ReadAsync(ct).ConfigureAwait(false) is not { } events || events.Any(Concerns))
                signal.TryWrite(true);
    }

    /// <summary>The route to a pod comes last of what the CNI plugin makes, and goes with the link.</summary>
    private static bool Concerns(RtnetlinkEvent e) => e.Subject switch
    {
        RtnetlinkSubject.Route => e.PrefixLength is HostBits4 or HostBits6,
        RtnetlinkSubject.Link => true,
        _ => false,
    };

    /// <summary>The same complaint once.</summary>
    private void Say(string complaints)
    {
        if (complaints != told && (told = complaints).Length > 0)
            Complained(complaints);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "changed {Count} entries of the policy table of node {Node}")]
    private partial void Changed(int count, string node);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Complaints}")]
    private partial void Complained(string complaints);
}
