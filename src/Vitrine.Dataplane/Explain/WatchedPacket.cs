using System.Net;

namespace Vitrine.Dataplane.Explain;

/// <summary>A packet's end at a node, as the kernel told it.</summary>
/// <param name="Source">as it was where it ended</param>
/// <param name="Destination">likewise: a pod's own address where a Service's was rewritten</param>
/// <param name="Protocol">IPPROTO_*</param>
/// <param name="SourcePort">0 for a protocol without ports</param>
/// <param name="DestinationPort">likewise</param>
/// <param name="Dropped">else the policies let it pass</param>
/// <param name="Where">table and chain</param>
/// <param name="Comment">of the rule that threw it away, null for none</param>
public sealed record WatchedPacket(IPAddress Source, IPAddress Destination, byte Protocol, int SourcePort, int DestinationPort, bool Dropped, string Where, string? Comment);
