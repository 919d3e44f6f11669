using System.Net;

namespace Vitrine.Model.Plans.Dns;

/// <summary>What one record says; which fields count depends on its set's type.</summary>
public readonly record struct DnsValue
{
    /// <summary>Of A and AAAA.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>Of CNAME, NS, PTR and SRV: a name without a final dot. Of TXT: the text.</summary>
    public string Target { get; init; }

    /// <summary>Of SRV (RFC 2782).</summary>
    public int Weight { get; init; }

    /// <summary>Of SRV.</summary>
    public int Port { get; init; }

    public static DnsValue Of(IPAddress address) => new() { Address = address, Target = "" };

    public static DnsValue Of(string target) => new() { Target = target };

    /// <summary>As zone files write it.</summary>
    public string ToString(DnsType type) => type switch
    {
        DnsType.A or DnsType.AAAA => $"{Address}",
        DnsType.SRV => $"0 {Weight} {Port} {Target}.",
        DnsType.TXT => $"\"{Target}\"",
        _ => $"{Target}.",
    };
}
