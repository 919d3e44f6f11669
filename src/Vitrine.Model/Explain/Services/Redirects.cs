namespace Vitrine.Model.Explain.Services;

/// <summary>What conntrack remembers of Services, host ports and DNS on one packet's way. Which of several endpoints a connection gets is chance: a walk takes one of them.</summary>
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

    /// <summary>Null while no node has taken the packet for one to a host port.</summary>
    internal HostPortRewrite? Published { get; private set; }

    /// <summary>By whom the packet got another destination; null while nobody has given it one.</summary>
    internal IRewrite? Rewrite => Made ?? (IRewrite?)Published ?? Detour;

    internal void Remember(Redirect redirect) => Made = redirect;

    internal void Remember(HostPortRewrite published) => Published = published;

    internal void Remember(NameDetour detour) => Detour = detour;

    /// <summary>What the station has done to the packet's destination; null where it let it be.</summary>
    internal IRewrite? By(Station station) => new IRewrite?[] { Made, Published, Detour }.FirstOrDefault(r => r?.Station == station.Name);

    /// <summary>What an answer's source becomes on its way through the station that sent the question on; null where it stays.</summary>
    internal IRewrite? Undone(Station station, Packet packet) => packet.IsReply && By(station) is { } rewrite && rewrite.To.Equals(packet.Source) ? rewrite : null;
}
