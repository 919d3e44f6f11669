using System.Net;
using System.Net.Sockets;

namespace Vitrine.ApiServer.Services;

/// <summary>As spec.ipFamilies names them.</summary>
internal enum IpFamily
{
    IPv4,
    IPv6,
}

internal static class IpFamilies
{
    public static IpFamily Of(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? IpFamily.IPv6 : IpFamily.IPv4;

    public static IpFamily Other(this IpFamily family) => family == IpFamily.IPv4 ? IpFamily.IPv6 : IpFamily.IPv4;

    /// <summary>The canonical text of an address, so that two spellings of one are one claim; null for anything else.</summary>
    public static string? Canonical(string text) => IPAddress.TryParse(text, out var address) ? address.ToString() : null;
}
