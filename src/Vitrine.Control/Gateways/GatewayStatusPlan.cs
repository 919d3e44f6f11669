using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Model.Plans.Gateway.GatewayApi;
using Vitrine.Model.Snapshot;

namespace Vitrine.Control.Gateways;

/// <summary>Reports → status as the API keeps it. A condition that stays keeps its time; what others wrote to a route stays.</summary>
/// <param name="now">time of conditions that change</param>
internal sealed class GatewayStatusPlan(DateTimeOffset now)
{
    /// <summary>Of a class; null where nothing changes, as of all others here.</summary>
    public JsonObject? Of(GatewayObject value)
    {
        var accepted = value.Spec.Has("parametersRef")
            ? new PlannedCondition("Accepted", false, "InvalidParameters", "spec.parametersRef: there are no parameters")
            : new PlannedCondition("Accepted", true, "Accepted", "");
        return Changed(value, new JsonObject { ["conditions"] = Conditions(value, value.Status, [accepted]) });
    }

    public JsonObject? Of(GatewayReport report)
    {
        var gateway = report.Gateway;
        var listeners = report.Listeners.Select(l => (JsonNode)new JsonObject
        {
            ["name"] = l.Name,
            ["supportedKinds"] = new JsonArray([.. l.Kinds.Select(k => new JsonObject { ["group"] = "gateway.networking.k8s.io", ["kind"] = k })]),
            ["attachedRoutes"] = l.AttachedRoutes,
            ["conditions"] = Conditions(gateway, gateway.Status.Items("listeners").FirstOrDefault(o => o.Text("name") == l.Name), l.Conditions),
        });
        return Changed(gateway, new JsonObject
        {
            ["addresses"] = new JsonArray([.. report.Addresses.Select(a => new JsonObject { ["type"] = "IPAddress", ["value"] = a })]),
            ["conditions"] = Conditions(gateway, gateway.Status, report.Conditions),
            ["listeners"] = new JsonArray([.. listeners]),
        });
    }

    public JsonObject? Of(GatewayObject route, IReadOnlyList<ParentReport> parents)
    {
        JsonElement[] there = [.. route.Status.Items("parents")];
        JsonElement[] ours = [.. there.Where(p => p.Text("controllerName") == GatewayCompiler.GatewayController)];
        if (ours.Length == 0 && parents.Count == 0)
        {
            return null;
        }

        var all = new JsonArray([.. there.Where(p => p.Text("controllerName") != GatewayCompiler.GatewayController).Select(p => JsonNode.Parse(p.GetRawText()))]);
        foreach (var parent in parents)
        {
            var reference = JsonNode.Parse(parent.Reference.GetRawText());
            all.Add((JsonNode)new JsonObject
            {
                ["parentRef"] = reference,
                ["controllerName"] = GatewayCompiler.GatewayController,
                ["conditions"] = Conditions(route, ours.FirstOrDefault(o => JsonNode.DeepEquals(JsonNode.Parse(o.Part("parentRef").GetRawText()), reference)), parent.Conditions),
            });
        }

        return Changed(route, new JsonObject { ["parents"] = all });
    }

    /// <summary>Of a policy; a report that is missing says that no Gateway meets it.</summary>
    public JsonObject? Of(GatewayObject policy, PolicyReport? report)
    {
        JsonElement[] there = [.. policy.Status.Items("ancestors")];
        JsonElement[] ours = [.. there.Where(p => p.Text("controllerName") == GatewayCompiler.GatewayController)];
        if (ours.Length == 0 && report is null)
        {
            return null;
        }

        var all = new JsonArray([.. there.Where(p => p.Text("controllerName") != GatewayCompiler.GatewayController).Select(p => JsonNode.Parse(p.GetRawText()))]);
        foreach (var gateway in report?.Gateways ?? [])
        {
            var (ns, name) = (gateway[..gateway.IndexOf('/', StringComparison.Ordinal)], gateway[(gateway.IndexOf('/', StringComparison.Ordinal) + 1)..]);
            all.Add((JsonNode)new JsonObject
            {
                ["ancestorRef"] = new JsonObject { ["group"] = "gateway.networking.k8s.io", ["kind"] = "Gateway", ["namespace"] = ns, ["name"] = name },
                ["controllerName"] = GatewayCompiler.GatewayController,
                ["conditions"] = Conditions(policy, ours.FirstOrDefault(o => o.Part("ancestorRef").Text("namespace") == ns && o.Part("ancestorRef").Text("name") == name), report!.Conditions),
            });
        }

        return Changed(policy, new JsonObject { ["ancestors"] = all });
    }

    private JsonArray Conditions(GatewayObject about, JsonElement before, IEnumerable<PlannedCondition> planned) => new([.. planned.Select(c =>
    {
        var status = c.Status ? "True" : "False";
        var same = before.Items("conditions").FirstOrDefault(o => o.Text("type") == c.Type && o.Text("status") == status);
        return (JsonNode)new JsonObject
        {
            ["type"] = c.Type,
            ["status"] = status,
            ["reason"] = c.Reason,
            ["message"] = c.Message.Length > 32768 ? c.Message[..32768] : c.Message,
            ["observedGeneration"] = about.Generation,
            ["lastTransitionTime"] = same.Text("lastTransitionTime") is { Length: > 0 } since ? since : now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        };
    })]);

    private static JsonObject? Changed(GatewayObject about, JsonObject status)
    {
        var there = about.Status.ValueKind == JsonValueKind.Object ? JsonNode.Parse(about.Status.GetRawText())!.AsObject() : [];
        return status.All(p => JsonNode.DeepEquals(p.Value, there[p.Key])) ? null : status;
    }
}
