using System.Net;
using System.Threading.Channels;
using Vitrine.Linux.Conntrack;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Model.Plans;

namespace Vitrine.Dataplane.Apply.Services;

/// <summary>Cuts stale flows beside the loop that writes tables: reading all connections of a busy node takes longer than a table's change.</summary>
internal sealed class FlowCutter : IDisposable
{
    // So often at most; a flow is to be cut within a second.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly ConntrackSocket connections;
    private readonly RtnetlinkSocket addresses;
    private readonly Channel<StaleFlows> work = Channel.CreateUnbounded<StaleFlows>(new UnboundedChannelOptions { SingleReader = true });

    public FlowCutter(NetnsHandle netns) => (connections, addresses) = (ConntrackSocket.OpenIn(netns), RtnetlinkSocket.OpenIn(netns));

    /// <summary>After the table is as the plan says: whatever is tracked from then on is right.</summary>
    /// <param name="before">null at the start: then all that leads into our ranges and is nobody's is cut as well</param>
    /// <param name="after">in force</param>
    /// <param name="services">that changed; null for all</param>
    public void Cut(ServicePlan? before, ServicePlan after, IEnumerable<string>? services)
    {
        if (StaleFlows.Of(before, after, services ?? after.Services.Keys) is { Any: true } stale)
            work.Writer.TryWrite(stale);
    }

    /// <summary>Until cancelled.</summary>
    public async Task RunAsync(Action<string> failed, TimeProvider time, CancellationToken ct)
    {
        while (await work.Reader.WaitToReadAsync(ct).ConfigureAwait(false))
        {
            var all = StaleFlows.None();
            while (work.Reader.TryRead(out var more))
                all.Add(more);
            try
            {
                all.Cut(connections, addresses.ListAddresses().Select(a => a.Address).ToHashSet().Contains);
            }
            catch (LinuxException e)
            {
                failed(e.Message);
            }
            await Task.Delay(Pause, time, ct).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        connections.Dispose();
        addresses.Dispose();
    }
}
