using System.Net;

namespace Vitrine.Model.Explain.Services;

/// <summary>What conntrack remembers of Services and of DNS on one packet's way. Which of several endpoints a connection gets is chance: a walk takes one of them.</summary>
/// <param name="which">index of the endpoint to take</param>
internal sealed class Redirects(int which)
{
    /// <summary>Null while the packet has met no Service.</summary>
    internal Redirect? Made { get; private set; }

    /// <summary>Null while the packet is no question to DNS that its node sent elsewhere.</summary>
    internal NameDetour? Detour { get; private set; }

    /// <summary>Between how many the kernel chooses.</summary>
    internal int Possible => Made is { } made ? made.Port.BackendsOf(made.Fate).Length : Detour?.Possible ?? 1;

    internal int Which => which;

    internal void Remember(Redirect redirect) => Made = redirect;

    internal void Remember(NameDetour detour) => Detour = detour;

    /// <summary>What an answer's source becomes on its way through the node that sent the question on, and of which Service that is; null where it stays.</summary>
    internal (IPAddress Address, string Object)? Undone(Station station, Packet packet) =>
        !packet.IsReply ? null
        : Made is { } made && made.Station == station.Name && made.Backend.Address.Equals(packet.Source) ? (made.Address, $"service/{made.Port.Service}")
        : Detour is { } detour && detour.Station == station.Name && detour.Peer.Address.Equals(packet.Source) ? (detour.Asked, station.Name)
        : null;
}
