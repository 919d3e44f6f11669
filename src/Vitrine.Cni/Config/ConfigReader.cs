using System.Net;
using System.Text.Json;

namespace Vitrine.Cni.Config;

/// <summary>
/// Reads the network configuration of stdin. Unknown fields are left alone, as the specification wants; fields known to ask for something not done
/// here are refused with code 2 rather than ignored.
/// </summary>
internal static class ConfigReader
{
    internal const int MaxBytes = 1 << 20;

    /// <summary>RFC 791 and RFC 8200.</summary>
    internal const int LeastIPv4Mtu = 68, LeastIPv6Mtu = 1280;
    private const int MaxDepth = 32;

    /// <exception cref="CniException">decode (6), invalid config (7), incompatible version (1), unsupported field (2); nothing else</exception>
    /// <param name="json">stdin</param>
    /// <param name="forContainer">ADD and CHECK: also what is asked for the one container</param>
    internal static NetworkConfig Read(ReadOnlyMemory<byte> json, bool forContainer = true)
    {
        try
        {
            var root = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth }).RootElement;
            return root.ValueKind == JsonValueKind.Object ? Read(root, forContainer) : throw new CniException(ErrorCode.Decode, "network config is not a JSON object");
        }
        catch (JsonException e)
        {
            throw new CniException(ErrorCode.Decode, "cannot parse the network config", $"line {e.LineNumber + 1}, byte {e.BytePositionInLine}: not JSON, or nested deeper than {MaxDepth}");
        }
        catch (InvalidOperationException)
        {
            // A string with half of a surrogate pair: valid JSON by its grammar, but no text.
            throw new CniException(ErrorCode.Decode, "cannot parse the network config", "a string is not valid Unicode");
        }
    }

    /// <summary>Only the version, for VERSION and for the shape of errors about the rest; null when there is none to be read.</summary>
    internal static string? PeekVersion(ReadOnlyMemory<byte> json)
    {
        try
        {
            var root = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth }).RootElement;
            return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("cniVersion", out var version) && version.ValueKind == JsonValueKind.String
                ? version.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static NetworkConfig Read(JsonElement root, bool forContainer)
    {
        var version = root.OptionalString("cniVersion") ?? "0.1.0";
        if (!SpecVersion.Supported.Contains(version))
            throw new CniException(ErrorCode.IncompatibleVersion, $"incompatible CNI version {version}", $"supported: {string.Join(", ", SpecVersion.Supported)}");
        var name = root.OptionalString("name");
        if (!Names.IsIdentifier(name))
            throw new CniException(ErrorCode.InvalidConfig, "invalid network name", "name must start with a letter or digit and hold letters, digits, '_', '.', '-' only");
        var config = new NetworkConfig(version, name!, root.OptionalString("type") ?? "")
        {
            Dns = root.OptionalObject("dns"),
            PrevResult = root.OptionalObject("prevResult"),
            ValidAttachments = ReadAttachments(root),
            RestoreOnly = root.OptionalBool("restoreOnly") ?? false,
        };
        if (config.IsLoopback)
            return config;
        RefuseUnsupported(root);
        config = root.OptionalObject("ipam") is { } ipam ? ReadWiring(config, root, ipam) : ReadState(config with { Mode = WiringMode.Chained }, root);
        return forContainer ? RuntimeConfigReader.Read(config, root) : config;
    }

    private static NetworkConfig ReadWiring(NetworkConfig config, JsonElement root, JsonElement ipam)
    {
        var mtu = root.OptionalInt("mtu") ?? 0;
        if (mtu is not 0 and (< LeastIPv4Mtu or > 65535))
            throw new CniException(ErrorCode.InvalidConfig, $"invalid mtu {mtu}", "mtu is 0 for the default, or 68 to 65535 bytes");
        var ranges = IpamReader.ReadRanges(ipam);
        if (mtu is not 0 and < LeastIPv6Mtu && ranges.Any(r => r.Family == System.Net.Sockets.AddressFamily.InterNetworkV6))
            throw new CniException(ErrorCode.InvalidConfig, $"mtu {mtu} is too small for IPv6", $"RFC 8200 asks for {LeastIPv6Mtu} bytes at least");
        var bridge = root.OptionalString("bridge") ?? config.Bridge;
        if (!Names.IsInterfaceName(bridge))
            throw new CniException(ErrorCode.InvalidConfig, "invalid bridge name", "bridge must be an interface name of at most 15 characters");
        return ReadState(config, root) with
        {
            Mode = ReadMode(root), Mtu = mtu, Bridge = bridge,
            NetworkPolicy = root.OptionalBool("networkPolicy") ?? false,
            AntiSpoofing = root.OptionalBool("antiSpoofing") ?? true,
            IsGateway = root.OptionalBool("isGateway") ?? true,
            Hairpin = root.OptionalBool("hairpinMode") ?? root.OptionalBool("hairpin") ?? true,
            Ranges = ranges,
            Routes = IpamReader.ReadRoutes(ipam),
        };
    }

    private static void RefuseUnsupported(JsonElement root)
    {
        if (root.OptionalBool("ipMasq") == true)
            throw new CniException(ErrorCode.UnsupportedField, "ipMasq is not supported", "masquerading belongs to the node agent; set ipMasq to false");
        if (root.OptionalBool("promiscMode") == true || root.TryGetProperty("vlan", out var vlan) && vlan.ValueKind == JsonValueKind.Number && vlan.GetDouble() != 0)
            throw new CniException(ErrorCode.UnsupportedField, "promiscMode and vlan are not supported", "remove them from the config");
    }

    private static NetworkConfig ReadState(NetworkConfig config, JsonElement root)
    {
        var state = root.OptionalString("stateDir") ?? config.StateDirectory;
        return Names.IsCleanPath(state) ? config with { StateDirectory = state }
            : throw new CniException(ErrorCode.InvalidConfig, "invalid stateDir", "stateDir must be an absolute path without '.', '..' and empty components");
    }

    private static WiringMode ReadMode(JsonElement root) => root.OptionalString("mode") switch
    {
        null or "routed" => WiringMode.Routed,
        "bridge" => WiringMode.Bridge,
        _ => throw new CniException(ErrorCode.InvalidConfig, "invalid mode", "mode is routed or bridge"),
    };

    private static List<Attachment>? ReadAttachments(JsonElement root)
    {
        if (!root.TryGetProperty("cni.dev/valid-attachments", out var list) && !root.TryGetProperty("cni.dev/attachments", out list))
            return null;
        if (list.ValueKind == JsonValueKind.Null)
            return [];
        var attachments = new List<Attachment>();
        foreach (var entry in list.Items("cni.dev/valid-attachments"))
        {
            var attachment = new Attachment(entry.OptionalString("containerID") ?? "", entry.OptionalString("ifname") ?? "");
            if (!Names.IsIdentifier(attachment.ContainerId) || !Names.IsInterfaceName(attachment.InterfaceName))
                throw new CniException(ErrorCode.InvalidConfig, "invalid entry in cni.dev/valid-attachments", "each entry needs a valid containerID and ifname");
            attachments.Add(attachment);
        }
        return attachments;
    }
}
