using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Vitrine.Cni.Config;

/// <summary>One entry of <c>portMappings</c>: what arrives at a port of the host goes to a port of the pod.</summary>
/// <param name="Protocol">IPPROTO_*: 6 tcp, 17 udp, 132 sctp</param>
/// <param name="HostAddress">only this address of the host; null for every address of both families, 0.0.0.0 or :: for every one of a family</param>
/// <param name="HostPort">1 to 65535</param>
/// <param name="ContainerPort">1 to 65535</param>
internal sealed record PortMapping(byte Protocol, IPAddress? HostAddress, int HostPort, int ContainerPort)
{
    internal const byte Tcp = 6, Udp = 17, Sctp = 132;

    internal string ProtocolName => Protocol switch { Tcp => "tcp", Udp => "udp", _ => "sctp" };

    /// <summary>Whether a packet of that family to some address of the host may be meant.</summary>
    internal bool Covers(AddressFamily family) => HostAddress is null || HostAddress.AddressFamily == family;

    internal bool IsWildcard => HostAddress is null || HostAddress.Equals(IPAddress.Any) || HostAddress.Equals(IPAddress.IPv6Any);

    /// <summary>Two mappings that some packet would fit both of, as the Kubernetes scheduler sees it: a wildcard meets every address of its family.</summary>
    internal bool Overlaps(PortMapping other)
    {
        if (Protocol != other.Protocol || HostPort != other.HostPort)
            return false;
        if (HostAddress is null || other.HostAddress is null)
            return true;
        return HostAddress.AddressFamily == other.HostAddress.AddressFamily && (IsWildcard || other.IsWildcard || HostAddress.Equals(other.HostAddress));
    }

    /// <summary>Whether the host reaches the pod by 127.0.0.0/8 too.</summary>
    internal bool IncludesLoopback => Covers(AddressFamily.InterNetwork) && (IsWildcard || IPAddress.IsLoopback(HostAddress!));

    /// <summary>As in a lease record: <c>tcp/*/8080/80</c>, without spaces and commas.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{ProtocolName}/{HostAddress?.ToString() ?? "*"}/{HostPort}/{ContainerPort}");

    internal static PortMapping? Parse(string text)
    {
        if (text.Split('/') is not [var protocol, var address, var host, var container] || ProtocolOf(protocol) is not { } number
            || !int.TryParse(host, NumberStyles.None, CultureInfo.InvariantCulture, out var hostPort)
            || !int.TryParse(container, NumberStyles.None, CultureInfo.InvariantCulture, out var containerPort))
            return null;
        if (address == "*")
            return new PortMapping(number, null, hostPort, containerPort);
        return IPAddress.TryParse(address, out var hostAddress) ? new PortMapping(number, hostAddress, hostPort, containerPort) : null;
    }

    internal static byte? ProtocolOf(string name) => name.ToLowerInvariant() switch { "tcp" => Tcp, "udp" => Udp, "sctp" => Sctp, _ => null };
}
