using System.Net;
using System.Net.Sockets;

namespace Vitrine.Model.Plans.Dns;

/// <summary>
/// Section 2.6: A-B-C-D.NAMESPACE.pod.ZONE. Whether such a pod exists is not looked at, as the specification has it ("for any values"); the namespace
/// has to exist.
/// </summary>
public static class PodRecord
{
    /// <param name="name">Lower case, without a final dot.</param>
    /// <param name="zone">The cluster's domain.</param>
    /// <param name="namespaces">Says which exist.</param>
    /// <returns>null when the name is of another form</returns>
    public static DnsRecordSet? Resolve(string name, string zone, Func<string, bool> namespaces)
    {
        var suffix = $".pod.{zone}";
        if (!name.EndsWith(suffix, StringComparison.Ordinal) || name[..^suffix.Length].Split('.') is not [var label, var ns] || !namespaces(ns) || AddressOf(label) is not { } address)
            return null;
        return new DnsRecordSet(name, address.AddressFamily == AddressFamily.InterNetworkV6 ? DnsType.AAAA : DnsType.A, [DnsValue.Of(address)], "cluster");
    }

    /// <summary>Four numbers are IPv4, anything else with dashes for colons IPv6.</summary>
    public static IPAddress? AddressOf(ReadOnlySpan<char> label)
    {
        Span<char> text = stackalloc char[64];
        if (label.Length is 0 or > 63)
            return null;
        text = text[..label.Length];
        var v4 = label.Count('-') == 3 && label.IndexOfAnyExcept("0123456789-") < 0 && !label.Contains("--", StringComparison.Ordinal);
        label.Replace(text, '-', v4 ? '.' : ':');
        // 010 would be read as octal, and scopes are no part of a name.
        return (v4 || text.IndexOfAnyExcept("0123456789abcdef:") < 0) && IPAddress.TryParse(text, out var address) && (!v4 || address.ToString().AsSpan().SequenceEqual(text)) ? address : null;
    }
}
