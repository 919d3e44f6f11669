using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Defaulting;

/// <summary>Defaults of Gateways and their classes, of the schemas of the custom resources.</summary>
internal static class GatewayDefaults
{
    public static void ApplyClass(JsonObject value) => Waiting(value, "Accepted");

    public static void ApplyGateway(JsonObject gateway)
    {
        foreach (var listener in gateway.Object("spec").Objects("listeners"))
        {
            listener.Ensure("allowedRoutes").Ensure("namespaces").DefaultText("from", "Same");
            foreach (var kind in listener.Object("allowedRoutes").Objects("kinds"))
            {
                kind["group"] ??= Kinds.GatewayKinds.Group;
            }
            if (listener.Object("tls") is not { } tls)
            {
                continue;
            }
            tls.DefaultText("mode", "Terminate");
            foreach (var reference in tls.Objects("certificateRefs"))
            {
                reference["group"] ??= "";
                reference.DefaultText("kind", "Secret");
            }
        }
        foreach (var address in gateway.Object("spec").Objects("addresses"))
        {
            address.DefaultText("type", "IPAddress");
        }
        Waiting(gateway, "Accepted", "Programmed");
    }

    /// <summary>What an object says of itself before a controller has looked at it.</summary>
    private static void Waiting(JsonObject value, params string[] types)
    {
        var status = value.Ensure("status");
        status["conditions"] ??= new JsonArray([.. types.Select(static type => new JsonObject
        {
            ["type"] = type, ["status"] = "Unknown", ["reason"] = "Pending", ["message"] = "Waiting for controller", ["lastTransitionTime"] = "1970-01-01T00:00:00Z",
        })]);
    }
}
