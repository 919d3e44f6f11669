using System.Net;
using System.Text.Json;
using Vitrine.Linux.Netlink;

namespace Vitrine.Cni.Config;

/// <summary>
/// What the runtime asks for one container: <c>runtimeConfig</c> for the capabilities portMappings, bandwidth, ips and mac, and <c>args.cni</c>, an older way
/// to say the last two (CNI conventions). Read for ADD and CHECK only: nothing in it may keep a DEL from succeeding.
/// </summary>
internal static class RuntimeConfigReader
{
    private const int MaxMappings = 4096, MaxAddresses = 16;

    internal static NetworkConfig Read(NetworkConfig config, JsonElement root)
    {
        var runtime = root.OptionalObject("runtimeConfig");
        var arguments = root.OptionalObject("args")?.OptionalObject("cni");
        var mac = runtime?.OptionalString("mac") ?? arguments?.OptionalString("mac");
        return config with
        {
            PortMappings = ReadPortMappings(runtime),
            Bandwidth = ReadBandwidth(runtime?.OptionalObject("bandwidth") ?? root),
            RequestedAddresses = [.. ReadAddresses(runtime, "runtimeConfig.ips"), .. ReadAddresses(arguments, "args.cni.ips")],
            Mac = mac is { Length: > 0 } ? ParseMac(mac) : null,
        };
    }

    /// <summary>A unicast address; anything else on a link would silence it.</summary>
    internal static MacAddress ParseMac(string text, int code = ErrorCode.InvalidConfig) =>
        MacAddress.TryParse(text, out var mac) && mac.Value != 0 && (mac.Value >> 40 & 1) == 0
            ? mac : throw new CniException(code, "invalid MAC address", "write a unicast address like 02:00:0a:f4:00:02");

    private static List<PortMapping> ReadPortMappings(JsonElement? runtime)
    {
        var mappings = new List<PortMapping>();
        if (List(runtime, "portMappings") is not { } list)
            return mappings;
        foreach (var entry in list.Items("runtimeConfig.portMappings"))
        {
            // A container port without a host port: some runtimes send these along.
            if ((entry.OptionalInt("hostPort") ?? 0) == 0)
                continue;
            var mapping = ReadPortMapping(entry);
            if (mappings.Find(mapping.Overlaps) is { } other && mapping != other)
                throw Invalid($"hostPort {mapping} and {other} of one container overlap", "give each its own host port or host address");
            if (!mappings.Contains(mapping))
                mappings.Add(mapping);
            if (mappings.Count > MaxMappings)
                throw Invalid($"more than {MaxMappings} port mappings", "publish fewer ports");
        }
        return mappings;
    }

    private static PortMapping ReadPortMapping(JsonElement entry)
    {
        var protocol = PortMapping.ProtocolOf(entry.OptionalString("protocol") is { Length: > 0 } name ? name : "tcp")
            ?? throw Invalid("unknown protocol in runtimeConfig.portMappings", "it is tcp, udp or sctp");
        IPAddress? address = null;
        if (entry.OptionalString("hostIP") is { Length: > 0 } text)
            address = IpamReader.ParseAddress(text, "runtimeConfig.portMappings[].hostIP");
        return new PortMapping(protocol, address, Port(entry, "hostPort"), Port(entry, "containerPort"));
    }

    private static int Port(JsonElement entry, string name) =>
        entry.OptionalInt(name) is { } port and > 0 and <= 65535 ? port : throw Invalid($"invalid {name} in runtimeConfig.portMappings", "a port is 1 to 65535");

    private static Bandwidth? ReadBandwidth(JsonElement element)
    {
        ulong Bits(string name) => element.OptionalUInt64(name) ?? 0;
        var limits = new Bandwidth(Bits("ingressRate"), Bits("ingressBurst"), Bits("egressRate"), Bits("egressBurst"));
        foreach (var (direction, rate, burst) in new[] { ("ingress", limits.IngressRate, limits.IngressBurst), ("egress", limits.EgressRate, limits.EgressBurst) })
        {
            if (rate is > 0 and < 8)
                throw Invalid($"{direction}Rate is less than a byte per second", "rates are bits per second");
            if (rate == 0 != (burst == 0))
                throw Invalid($"{direction}Rate and {direction}Burst belong together", "give both, in bits per second and bits, or neither");
        }
        return limits is { IngressRate: 0, EgressRate: 0 } ? null : limits;
    }

    private static IEnumerable<IPAddress> ReadAddresses(JsonElement? holder, string field)
    {
        if (List(holder, "ips") is not { } list)
            yield break;
        var count = 0;
        foreach (var entry in list.Items(field))
        {
            if (++count > MaxAddresses || entry.ValueKind != JsonValueKind.String)
                throw Invalid($"{field} is no list of at most {MaxAddresses} addresses", "write addresses as strings");
            yield return IpamReader.ParseRequest(entry.GetString()!, field);
        }
    }

    private static JsonElement? List(JsonElement? holder, string name) =>
        holder is { } element && element.TryGetProperty(name, out var list) && list.ValueKind != JsonValueKind.Null ? list : null;

    private static CniException Invalid(string message, string details) => new(ErrorCode.InvalidConfig, message, details);
}
