using System.Buffers;
using System.Net.Sockets;
using System.Text.Json;
using Vitrine.Cni.Config;

namespace Vitrine.Cni.Results;

/// <summary>Results and errors as JSON in the shape of the version that was asked for (specification section 5).</summary>
internal static class ResultWriter
{
    /// <summary>In a chain, what earlier plugins made comes first, and indexes of ours are moved up.</summary>
    internal static byte[] Add(AddResult result, NetworkConfig config) => Object(config.CniVersion, json =>
    {
        var before = config.PrevResult is { } prev ? Elements(prev, "interfaces").Count : 0;
        json.WriteStartArray("interfaces");
        Copy(json, config.PrevResult, "interfaces");
        foreach (var link in result.Interfaces)
            WriteInterface(json, link, config.CniVersion);
        json.WriteEndArray();

        json.WriteStartArray("ips");
        CopyAddresses(json, config);
        foreach (var address in result.Addresses)
        {
            json.WriteStartObject();
            if (SpecVersion.WritesAddressFamily(config.CniVersion))
                json.WriteString("version", address.Family == AddressFamily.InterNetworkV6 ? "6" : "4");
            json.WriteString("address", $"{address.Address}/{address.PrefixLength}");
            if (address.Gateway is not null)
                json.WriteString("gateway", address.Gateway.ToString());
            json.WriteNumber("interface", before + result.PodInterface);
            json.WriteEndObject();
        }
        json.WriteEndArray();

        json.WriteStartArray("routes");
        Copy(json, config.PrevResult, "routes");
        foreach (var route in result.Routes)
        {
            json.WriteStartObject();
            json.WriteString("dst", route.Destination.ToString());
            if (route.Gateway is not null)
                json.WriteString("gw", route.Gateway.ToString());
            json.WriteEndObject();
        }
        json.WriteEndArray();
        WriteDns(json, result.Dns ?? config.PrevResult?.OptionalObject("dns"));
    });

    /// <summary>A result of somebody else's, in our version field.</summary>
    internal static byte[] PassOn(JsonElement prevResult, string version) => Object(version, json =>
    {
        foreach (var property in prevResult.EnumerateObject())
            if (property.Name != "cniVersion")
                property.WriteTo(json);
    });

    internal static byte[] Versions(string version) => Object(version, json =>
    {
        json.WriteStartArray("supportedVersions");
        foreach (var supported in SpecVersion.Supported)
            json.WriteStringValue(supported);
        json.WriteEndArray();
    });

    internal static byte[] Error(CniException error, string version) => Object(version, json =>
    {
        json.WriteNumber("code", error.Code);
        json.WriteString("msg", error.Message);
        if (error.Details.Length > 0)
            json.WriteString("details", error.Details);
    });

    internal static List<JsonElement> Elements(JsonElement result, string name) =>
        result.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : [];

    private static void WriteInterface(Utf8JsonWriter json, ResultInterface link, string version)
    {
        json.WriteStartObject();
        json.WriteString("name", link.Name);
        json.WriteString("mac", link.Mac);
        if (link.Mtu > 0 && SpecVersion.WritesInterfaceMtu(version))
            json.WriteNumber("mtu", link.Mtu);
        if (link.Sandbox is not null)
            json.WriteString("sandbox", link.Sandbox);
        json.WriteEndObject();
    }

    private static void Copy(Utf8JsonWriter json, JsonElement? prevResult, string name)
    {
        if (prevResult is { } prev)
            foreach (var element in Elements(prev, name))
                element.WriteTo(json);
    }

    /// <summary>The runtime converts prevResult to our version before it calls; the family field is still put right, for callers that do not.</summary>
    private static void CopyAddresses(Utf8JsonWriter json, NetworkConfig config)
    {
        if (config.PrevResult is not { } prev)
            return;
        foreach (var element in Elements(prev, "ips").Where(e => e.ValueKind == JsonValueKind.Object))
        {
            json.WriteStartObject();
            if (SpecVersion.WritesAddressFamily(config.CniVersion))
                json.WriteString("version", element.OptionalString("address")?.Contains(':') == true ? "6" : "4");
            foreach (var property in element.EnumerateObject().Where(p => p.Name != "version"))
                property.WriteTo(json);
            json.WriteEndObject();
        }
    }

    private static void WriteDns(Utf8JsonWriter json, JsonElement? dns)
    {
        json.WritePropertyName("dns");
        if (dns is { } given)
            given.WriteTo(json);
        else
            json.WriteRawValue("{}"u8);
    }

    private static byte[] Object(string version, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("cniVersion", version);
            write(json);
            json.WriteEndObject();
        }
        return [.. buffer.WrittenSpan, (byte)'\n'];
    }
}
