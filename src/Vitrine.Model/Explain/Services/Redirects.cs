namespace Vitrine.Model.Explain.Services;

/// <summary>What conntrack remembers of Services on one packet's way. Which of several endpoints a connection gets is chance: a walk takes one of them.</summary>
/// <param name="which">index of the endpoint to take</param>
internal sealed class Redirects(int which)
{
    /// <summary>Null while the packet has met no Service.</summary>
    internal Redirect? Made { get; private set; }

    /// <summary>Between how many the kernel chooses.</summary>
    internal int Possible => Made is { } made ? made.Port.BackendsOf(made.Fate).Length : 1;

    internal int Which => which;

    internal void Remember(Redirect redirect) => Made = redirect;

    /// <summary>The redirect whose answer this packet is, on its way through the node that made it.</summary>
    internal Redirect? Undone(Station station, Packet packet) =>
        packet.IsReply && Made is { } made && made.Station == station.Name && made.Backend.Address.Equals(packet.Source) ? made : null;
}
