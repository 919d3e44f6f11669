using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Services;
using static Vitrine.ApiServer.Table.WorkloadCells;

namespace Vitrine.ApiServer.Table;

/// <summary>Endpoints and EndpointSlices. Source: printEndpoints, printEndpointSlice and formatEndpoints of pkg/printers/internalversion.</summary>
internal static class EndpointTables
{
    private const int Shown = 3;
    private const string Unset = "<unset>";

    public static TableLayout Endpoints { get; } = new(
        [TableColumn.ObjectName, new("Endpoints", "Addresses and ports of those that are ready."), TableColumn.Age],
        static (endpoints, now) => [Ages.NameOf(endpoints), Addresses(endpoints), Ages.Of(endpoints, now)]);

    public static TableLayout Slices { get; } = new(
        [
            TableColumn.ObjectName,
            new("AddressType", "addressType specifies the type of address carried by this EndpointSlice."),
            new("Ports", "ports specifies the list of network ports exposed by each endpoint in this slice."),
            new("Endpoints", "endpoints is a list of unique endpoints in this slice."),
            TableColumn.Age,
        ],
        static (slice, now) =>
        [
            Ages.NameOf(slice),
            slice.Text("addressType"),
            Some(slice.Objects("ports").Select(static port => port.Number("port") is { } number ? $"{number}" : port.Text("name") is { Length: > 0 } name ? name : "*"), Unset),
            Some(slice.Objects("endpoints").SelectMany(static endpoint => ServiceFields.Texts(endpoint, "addresses")), Unset),
            Ages.Of(slice, now),
        ]);

    private static string Addresses(JsonObject endpoints) => Some(endpoints.Objects("subsets").SelectMany(static subset =>
        subset.Objects("ports").Any()
            ? subset.Objects("ports").SelectMany(port => subset.Objects("addresses").Select(address => HostPort(address.Text("ip"), port.Number("port") ?? 0)))
            : subset.Objects("addresses").Select(static address => address.Text("ip"))), None);

    private static string HostPort(string address, long port) => address.Contains(':', StringComparison.Ordinal) ? $"[{address}]:{port}" : $"{address}:{port}";

    private static string Some(IEnumerable<string> all, string none)
    {
        var texts = all.ToArray();
        return texts.Length == 0 ? none : string.Join(',', texts.Take(Shown)) + (texts.Length > Shown ? $" + {texts.Length - Shown} more..." : "");
    }
}
