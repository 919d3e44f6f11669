using System.Net;
using System.Text.Json;

namespace Vitrine.Cni.Config;

/// <summary>The <c>ipam</c> section, in the reference host-local plugin's shape.</summary>
internal static class IpamReader
{
    private const int MaxRanges = 64;

    internal static IReadOnlyList<RangeSet> ReadRanges(JsonElement ipam)
    {
        if (!ipam.TryGetProperty("ranges", out var sets))
            throw new CniException(ErrorCode.InvalidConfig, "ipam.ranges is missing", "give at least one set with one subnet");
        var result = new List<RangeSet>();
        var seen = new List<AddressRange>();
        foreach (var set in sets.Items("ipam.ranges"))
        {
            var ranges = new List<AddressRange>();
            foreach (var entry in set.Items("ipam.ranges[]"))
            {
                var range = ReadRange(entry);
                if (seen.FirstOrDefault(range.Overlaps) is { } other)
                    throw new CniException(ErrorCode.InvalidConfig, $"ranges {range.First}-{range.Last} and {other.First}-{other.Last} overlap", "correct ipam.ranges");
                if (ranges.Count > 0 && ranges[0].Family != range.Family)
                    throw new CniException(ErrorCode.InvalidConfig, "IPv4 and IPv6 in one set of ipam.ranges", "one set per family");
                ranges.Add(range);
                seen.Add(range);
                if (seen.Count > MaxRanges)
                    throw new CniException(ErrorCode.InvalidConfig, $"more than {MaxRanges} ranges", "correct ipam.ranges");
            }
            result.Add(ranges.Count > 0 ? new RangeSet(ranges) : throw new CniException(ErrorCode.InvalidConfig, "empty set in ipam.ranges", "give it a subnet"));
        }
        return result.Count > 0 ? result : throw new CniException(ErrorCode.InvalidConfig, "ipam.ranges is empty", "give at least one set with one subnet");
    }

    internal static IReadOnlyList<PodRoute>? ReadRoutes(JsonElement ipam)
    {
        if (!ipam.TryGetProperty("routes", out var list) || list.ValueKind == JsonValueKind.Null)
            return null;
        var routes = new List<PodRoute>();
        foreach (var entry in list.Items("ipam.routes"))
        {
            var destination = ParseNetwork(entry.OptionalString("dst"), "ipam.routes[].dst");
            var gateway = entry.OptionalString("gw") is { } text ? ParseAddress(text, "ipam.routes[].gw") : null;
            if (gateway is not null && gateway.AddressFamily != destination.BaseAddress.AddressFamily)
                throw new CniException(ErrorCode.InvalidConfig, $"route {destination} has a gateway of the other family", "correct ipam.routes");
            routes.Add(new PodRoute(destination, gateway));
        }
        return routes;
    }

    private static AddressRange ReadRange(JsonElement entry) => AddressRange.Create(
        ParseNetwork(entry.OptionalString("subnet"), "ipam.ranges[][].subnet"),
        Optional(entry, "rangeStart"), Optional(entry, "rangeEnd"), Optional(entry, "gateway"));

    private static IPAddress? Optional(JsonElement entry, string name) => entry.OptionalString(name) is { } text ? ParseAddress(text, name) : null;

    /// <summary>A prefix; host bits that are set are cleared, as Go's net.ParseCIDR does with its network.</summary>
    private static IPNetwork ParseNetwork(string? text, string field)
    {
        var slash = text?.IndexOf('/') ?? -1;
        if (slash > 0 && int.TryParse(text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, null, out var length)
            && TryParseAddress(text![..slash], out var address) && length <= (address.GetAddressBytes().Length * 8))
        {
            var bits = address.GetAddressBytes().Length * 8 - length;
            var number = bits == 128 ? UInt128.Zero : IpNumber.Of(address) >> bits << bits;
            return new IPNetwork(IpNumber.ToAddress(number, address.AddressFamily), length);
        }
        throw new CniException(ErrorCode.InvalidConfig, $"{field} is no network prefix", "write it like 10.244.0.0/24 or fd00:244::/64");
    }

    internal static IPAddress ParseAddress(string text, string field, int code = ErrorCode.InvalidConfig) =>
        TryParseAddress(text, out var address) ? address : throw new CniException(code, $"{field} is no IP address");

    /// <summary>An address asked for, with or without a prefix length: the length is the network's to say.</summary>
    internal static IPAddress ParseRequest(string text, string field, int code = ErrorCode.InvalidConfig)
    {
        var slash = text.IndexOf('/');
        return slash < 0 || int.TryParse(text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, null, out var length) && length <= 128
            ? ParseAddress(slash < 0 ? text : text[..slash], field, code) : throw new CniException(code, $"{field} is no IP address");
    }

    /// <summary>Stricter than IPAddress.TryParse, which takes <c>10.1</c>, <c>0x0a000001</c> and scope ids.</summary>
    private static bool TryParseAddress(string text, out IPAddress address)
    {
        if (!IPAddress.TryParse(text, out address!) || text.Contains('%') || text.Contains('[') || address.IsIPv4MappedToIPv6)
            return false;
        return address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetwork || address.ToString() == text;
    }
}
