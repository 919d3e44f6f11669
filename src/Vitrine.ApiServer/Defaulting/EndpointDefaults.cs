using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Defaulting;

/// <summary>Endpoints and EndpointSlices. Source: pkg/apis/core/v1/defaults.go and pkg/apis/discovery/v1/defaults.go.</summary>
internal static class EndpointDefaults
{
    public static void ApplyEndpoints(JsonObject endpoints)
    {
        foreach (var port in endpoints.Objects("subsets").SelectMany(static subset => subset.Objects("ports")))
        {
            port.DefaultText("protocol", "TCP");
        }
    }

    public static void ApplySlice(JsonObject slice)
    {
        slice["endpoints"] ??= new JsonArray();
        slice["ports"] ??= new JsonArray();
        foreach (var endpoint in slice.Objects("endpoints"))
        {
            endpoint.Ensure("conditions");
        }
        foreach (var port in slice.Objects("ports"))
        {
            port["name"] ??= "";
            port.DefaultText("protocol", "TCP");
        }
    }
}
