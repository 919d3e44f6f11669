using System.Net;
using System.Net.Sockets;

namespace Vitrine.ApiServer.Cel;

/// <summary>Addresses, ranges and URLs (k8s.io/apiserver/pkg/cel/library: ip.go, cidr.go, urls.go).</summary>
internal static class CelNetwork
{
    public static IReadOnlyDictionary<string, CelFunction> All { get; } = new Dictionary<string, CelFunction>
    {
        ["ip"] = static (args, _) => args[0] is string text ? Address(text) ?? throw new CelFault($"IP Address {text} parse error during conversion from string") : throw CelFault.NoOverload(),
        ["isIP"] = static (args, _) => args[0] is string text && Address(text) is not null,
        ["ip.isCanonical"] = static (args, _) => args[0] is string text ? (Address(text) ?? throw new CelFault($"IP Address {text} parse error during conversion from string")).ToString() == text : throw CelFault.NoOverload(),
        [".family"] = static (args, _) => Ip(args[0]).AddressFamily == AddressFamily.InterNetwork ? 4L : 6L,
        [".isUnspecified"] = static (args, _) => Ip(args[0]) is var ip && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)),
        [".isLoopback"] = static (args, _) => IPAddress.IsLoopback(Ip(args[0])),
        [".isLinkLocalMulticast"] = static (args, _) => IsLinkLocalMulticast(Ip(args[0])),
        [".isLinkLocalUnicast"] = static (args, _) => IsLinkLocalUnicast(Ip(args[0])),
        [".isGlobalUnicast"] = static (args, _) => Ip(args[0]) is var ip && !(ip.Equals(IPAddress.Broadcast) || ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)
            || IPAddress.IsLoopback(ip) || IsMulticast(ip) || IsLinkLocalUnicast(ip)),
        ["cidr"] = static (args, _) => args[0] is string text ? CelCidr.Parse(text) ?? throw new CelFault($"network address parse error during conversion from string: {text}") : throw CelFault.NoOverload(),
        ["isCIDR"] = static (args, _) => args[0] is string text && CelCidr.Parse(text) is not null,
        [".containsIP"] = static (args, _) => Cidr(args[0]).Contains(args[1] is string text ? Address(text) ?? throw new CelFault($"IP Address {text} parse error during conversion from string") : Ip(args[1])),
        [".containsCIDR"] = static (args, _) => Cidr(args[0]).Contains(args[1] is string text ? CelCidr.Parse(text) ?? throw new CelFault($"network address parse error during conversion from string: {text}") : Cidr(args[1])),
        [".ip"] = static (args, _) => Cidr(args[0]).Address,
        [".masked"] = static (args, _) => Cidr(args[0]).Masked(),
        [".prefixLength"] = static (args, _) => (long)Cidr(args[0]).Length,
        ["url"] = static (args, _) => args[0] is string text ? Url(text) ?? throw new CelFault($"URL parse error during conversion from string: {text}") : throw CelFault.NoOverload(),
        ["isURL"] = static (args, _) => args[0] is string text && Url(text) is not null,
        [".getScheme"] = static (args, _) => IsPath(Uri(args[0])) ? "" : Uri(args[0]).Scheme,
        [".getHost"] = static (args, _) => Host(Uri(args[0]), withPort: true),
        [".getHostname"] = static (args, _) => Host(Uri(args[0]), withPort: false).Trim('[', ']'),
        [".getPort"] = static (args, _) => Port(Uri(args[0])),
        [".getEscapedPath"] = static (args, _) => IsPath(Uri(args[0])) ? Uri(args[0]).OriginalString.Split('?')[0] : HasPath(Uri(args[0])) ? Uri(args[0]).AbsolutePath : "",
        [".getQuery"] = static (args, budget) => Query(Uri(args[0]), budget),
    };

    /// <summary>Strict, as Go's netip: no zone, no leading zeros, no IPv4 in IPv6.</summary>
    internal static IPAddress? Address(string text) => !text.Contains('%', StringComparison.Ordinal) && IPAddress.TryParse(text, out var ip) && !ip.IsIPv4MappedToIPv6
        && (ip.AddressFamily == AddressFamily.InterNetworkV6 || ip.ToString() == text) ? ip : null;

    private static IPAddress Ip(object? value) => value as IPAddress ?? throw CelFault.NoOverload();

    private static CelCidr Cidr(object? value) => value as CelCidr ?? throw CelFault.NoOverload();

    private static Uri Uri(object? value) => value as Uri ?? throw CelFault.NoOverload();

    private static bool IsMulticast(IPAddress ip) => ip.IsIPv6Multicast || (ip.GetAddressBytes() is { Length: 4 } bytes && bytes[0] >> 4 == 14);

    private static bool IsLinkLocalMulticast(IPAddress ip) => ip.GetAddressBytes() is var bytes && (bytes.Length == 4 ? bytes is [224, 0, 0, _] : bytes[0] == 0xff && (bytes[1] & 0x0f) == 2);

    private static bool IsLinkLocalUnicast(IPAddress ip) => ip.IsIPv6LinkLocal || ip.GetAddressBytes() is [169, 254, _, _];

    /// <summary>An absolute URL or an absolute path, as url.ParseRequestURI takes them.</summary>
    internal static Uri? Url(string text) => text.StartsWith('/') ? System.Uri.TryCreate(text, UriKind.Relative, out var path) ? path : null
        : System.Uri.TryCreate(text, UriKind.Absolute, out var whole) && text.Contains(':', StringComparison.Ordinal) ? whole : null;

    private static bool IsPath(Uri url) => !url.IsAbsoluteUri;

    /// <summary>Uri gives a host without path one; Go does not.</summary>
    private static bool HasPath(Uri url) => url.AbsolutePath != "/" || url.OriginalString.Split('?')[0].EndsWith('/');

    private static string Port(Uri url) => IsPath(url) ? "" : url.OriginalString.Contains($":{url.Port}", StringComparison.Ordinal) ? CelValues.Text(url.Port) : "";

    private static string Host(Uri url, bool withPort) => IsPath(url) ? "" : withPort && Port(url) is { Length: > 0 } port ? $"{url.Host}:{port}" : url.Host;

    private static CelMap Query(Uri url, CelBudget budget)
    {
        var text = url.OriginalString.Split('#')[0] is var whole && whole.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? whole[(at + 1)..] : "";
        budget.Traverse(text.Length);
        return new CelMap(text.Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(static pair => pair.Split('=', 2))
            .GroupBy(static pair => Plain(pair[0]), static pair => (object?)Plain(pair.Length == 2 ? pair[1] : ""))
            .Select(static group => KeyValuePair.Create((object)group.Key, (object?)new CelList([.. group]))));
    }

    private static string Plain(string text) => System.Uri.UnescapeDataString(text.Replace('+', ' '));
}

/// <summary>A range as it was written: its address keeps the bits behind the prefix.</summary>
internal sealed record CelCidr(IPAddress Address, int Length)
{
    public static CelCidr? Parse(string text) => text.Split('/') is [var address, { Length: > 0 and < 4 } length] && CelNetwork.Address(address) is { } ip
        && (length == "0" || length[0] != '0') && int.TryParse(length, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var bits)
        && bits <= ip.GetAddressBytes().Length * 8 ? new CelCidr(ip, bits) : null;

    public CelCidr Masked() => this with { Address = Mask(Address) };

    public bool Contains(IPAddress ip) => ip.AddressFamily == Address.AddressFamily && Mask(ip).Equals(Mask(Address));

    public bool Contains(CelCidr other) => other.Length >= Length && Contains(other.Address);

    public override string ToString() => $"{Address}/{Length}";

    private IPAddress Mask(IPAddress ip)
    {
        var bytes = ip.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var kept = Math.Clamp(Length - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xff << (8 - kept));
        }
        return new IPAddress(bytes);
    }
}
