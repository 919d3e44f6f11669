using System.Threading.Channels;
using Vitrine.Dataplane.Apply;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Nft;
using Vitrine.Model.Plans;

namespace Vitrine.Dataplane.Watch;

/// <summary>
/// Says "look again" when somebody touched what is ours, or what a plan depends on. Our own changes are heard too: the look after them finds nothing to
/// do and is silent.
/// </summary>
internal sealed class KernelWatch : IDisposable
{
    private const int HostBits4 = 32, HostBits6 = 128;
    private readonly RtnetlinkEvents routes = RtnetlinkEvents.Open();
    private readonly NftEvents tables = NftEvents.Open();

    /// <summary>Until cancelled.</summary>
    public Task RunAsync(ChannelWriter<bool> signal, CancellationToken ct) => Task.WhenAll(FollowRoutesAsync(signal, ct), FollowTablesAsync(signal, ct));

    public void Dispose()
    {
        routes.Dispose();
        tables.Dispose();
    }

    private async Task FollowRoutesAsync(ChannelWriter<bool> signal, CancellationToken ct)
    {
        while (true)
            if (await routes.ReadAsync(ct).ConfigureAwait(false) is not { } events || events.Any(Concerns))
                signal.TryWrite(true);
    }

    private async Task FollowTablesAsync(ChannelWriter<bool> signal, CancellationToken ct)
    {
        while (true)
            if (await tables.ReadAsync(ct).ConfigureAwait(false) is not { } names || names.Overlaps(NodeTables.Names))
                signal.TryWrite(true);
    }

    /// <summary>Pods come and go with routes to one address and neighbours that expire; neither is of this part.</summary>
    private static bool Concerns(RtnetlinkEvent e) => e.Subject switch
    {
        RtnetlinkSubject.Route => e.PrefixLength is not (HostBits4 or HostBits6),
        RtnetlinkSubject.Neighbour => e.Removed,
        _ => true,
    };
}
