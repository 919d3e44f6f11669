using System.Net;

namespace Vitrine.Linux.Sockets;

/// <summary>A socket that takes what comes to its port: a TCP listener, an unconnected UDP socket.</summary>
/// <param name="Protocol">IPPROTO_*: 6 or 17</param>
/// <param name="Local">bound address and port</param>
/// <param name="OnlyV6">of an IPv6 socket: it takes no IPv4 (IPV6_V6ONLY)</param>
public sealed record BoundSocket(int Protocol, IPEndPoint Local, bool OnlyV6);
