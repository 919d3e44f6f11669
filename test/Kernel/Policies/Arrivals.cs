using Vitrine.Kernel.Dataplane;
using Vitrine.Linux.Nft;

namespace Vitrine.Kernel.Policies;

/// <summary>Counts UDP and TCP that comes to a pod, by a table in the pod.</summary>
internal sealed class Arrivals : IDisposable
{
    private static readonly NftTable Table = new(NftFamily.Inet, "arrivals");
    private readonly NftSocket socket;

    /// <param name="at">the pod</param>
    /// <param name="sender">what comes from this one alone; null for all</param>
    public Arrivals(LabPod at, LabPod? sender)
    {
        socket = NftSocket.OpenIn(at.Netns.Handle);
        new NftTableSpec(Table)
        {
            Counters = ["all"],
            Chains = [new NftChain(Table, "in") { Hook = NftHook.Prerouting, Priority = NftPriority.Raw }],
            Rules =
            [
                .. from protocol in new byte[] { 6, 17 }
                let rule = new NftRule(Table, "in").Is(NftField.L4Protocol, NftValue.Protocol(protocol))
                from one in sender is null ? [rule] : new[] { rule.Is(NftField.Ip4Source, sender.V4), rule.Is(NftField.Ip6Source, sender.V6) }
                select one.CountIn("all"),
            ],
        }.EnsureIn(socket);
    }

    public ulong Count => socket.ListCounters(Table)[0].Packets;

    public void Dispose() => socket.Dispose();
}
