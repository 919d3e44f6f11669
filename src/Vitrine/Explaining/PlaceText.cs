using System.Globalization;
using System.Net;
using Vitrine.Model.Explain;

namespace Vitrine.Explaining;

/// <summary>
/// An end of a question as a user writes it: <c>NAME</c>, <c>pod/[NS/]NAME</c>, <c>svc/[NS/]NAME</c>, <c>node/NAME</c>, <c>host</c>, an address or a DNS name, then
/// <c>:PORT</c> and <c>/PROTOCOL</c>; or a URL.
/// </summary>
/// <param name="Name">without port and protocol</param>
/// <param name="Port">0 for none</param>
/// <param name="Transport">ICMP without a port, TCP with one, unless it says so</param>
internal sealed record PlaceText(string Name, int Port, Transport Transport)
{
    /// <summary>It was written as a URL: its host is a DNS name or an address, never a pod.</summary>
    public bool IsUrl => Url is not null;

    /// <summary>The URL as written; null for another kind of text.</summary>
    public Uri? Url { get; private init; }

    /// <summary>It says by which protocol.</summary>
    public bool SaysTransport { get; private init; }

    private static readonly Dictionary<string, Transport> Transports = new(StringComparer.OrdinalIgnoreCase)
    {
        ["tcp"] = Transport.Tcp, ["udp"] = Transport.Udp, ["sctp"] = Transport.Sctp, ["icmp"] = Transport.Icmp,
    };

    /// <exception cref="CommandFailure">a port that is none, or a protocol that needs one</exception>
    public static PlaceText Parse(string text)
    {
        if (text.Contains("://", StringComparison.Ordinal))
            return OfUrl(text);
        Transport? said = null;
        var name = text;
        if (name.LastIndexOf('/') is > 0 and var slash && Transports.TryGetValue(name[(slash + 1)..], out var transport) && name[..slash] is not ("pod" or "node" or "svc" or "service"))
            (said, name) = (transport, name[..slash]);
        var port = 0;
        if (IPAddress.TryParse(name, out _) && !name.StartsWith('['))
            return Checked(name);
        if (name.LastIndexOf(':') is >= 0 and var colon && colon > name.LastIndexOf(']'))
        {
            if (!int.TryParse(name[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65535)
                throw new CommandFailure($"\"{name[(colon + 1)..]}\" in \"{text}\" is no port", "give a number from 1 to 65535, as in pod/web:80");
            name = name[..colon];
        }
        return Checked(name.Trim('[', ']'));

        PlaceText Checked(string rest)
        {
            if (said is not null and not Transport.Icmp && port == 0)
                throw new CommandFailure($"\"{text}\" says {said.ToString()!.ToUpperInvariant()} and no port", $"give one: {rest}:80/{said.ToString()!.ToLowerInvariant()}");
            if (said == Transport.Icmp && port != 0)
                throw new CommandFailure($"\"{text}\" gives a port, and ICMP has none", "leave out the port or /icmp");
            return new PlaceText(rest, port, said ?? (port == 0 ? Transport.Icmp : Transport.Tcp)) { SaysTransport = said is not null };
        }
    }

    private static PlaceText OfUrl(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Port > 0 && url.Host.Length > 0
        ? new PlaceText(url.HostNameType == UriHostNameType.IPv6 ? url.Host.Trim('[', ']') : url.Host, url.Port, Transport.Tcp) { Url = url, SaysTransport = true }
        : throw new CommandFailure($"\"{text}\" is no URL with a host and a port", "write it as in http://web.default:8080/");
}
