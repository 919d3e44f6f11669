namespace Vitrine.Model.Explain;

/// <summary>What becomes of one packet?</summary>
/// <param name="Source">who sends it</param>
/// <param name="Destination">to whom</param>
/// <param name="Transport">what it carries</param>
/// <param name="Port">0 for ICMP</param>
/// <param name="Size">bytes of the whole IP packet, which must not be fragmented; 0 for one that fits everywhere</param>
public sealed record Question(Place Source, Place Destination, Transport Transport, int Port = 0, int Size = 0)
{
    /// <summary>The node's gateway asks: to policies it is no process of the node like others.</summary>
    public bool ByGateway { get; init; }

    public override string ToString() => $"{Source.Object} to {Destination.Object}{(Port == 0 ? "" : $" port {Port}")} by {Transport.ToString().ToUpperInvariant()}{(Size == 0 ? "" : $", {Size} bytes")}";
}
