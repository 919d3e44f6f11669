using System.Text;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Gateway;

/// <summary>What the status of Gateways and routes is to say, for people and for golden tests.</summary>
public static class GatewayReportText
{
    public static string Write(GatewayCompiler compiler)
    {
        var text = new StringBuilder();
        foreach (var gateway in compiler.Gateways)
        {
            text.Append($"Gateway/{gateway.Gateway.Key} at {string.Join(' ', gateway.Addresses)}\n");
            foreach (var condition in gateway.Conditions)
                text.Append($"  {condition}\n");
            foreach (var listener in gateway.Listeners)
            {
                text.Append($"  listener {listener.Name} takes {string.Join(' ', listener.Kinds)} attached {listener.AttachedRoutes}\n");
                foreach (var condition in listener.Conditions)
                    text.Append($"    {condition}\n");
            }
        }
        foreach (var route in compiler.Routes)
            foreach (var parent in route.Parents)
            {
                text.Append($"{route.Route.Kind}/{route.Route.Key} at {parent.Reference.Text("name")}{(parent.Reference.Has("sectionName") ? $"/{parent.Reference.Text("sectionName")}" : "")}\n");
                foreach (var condition in parent.Conditions)
                    text.Append($"  {condition}\n");
            }
        foreach (var policy in compiler.Policies)
        {
            text.Append($"BackendTLSPolicy/{policy.Policy.Key} at {string.Join(' ', policy.Gateways)}\n");
            foreach (var condition in policy.Conditions)
                text.Append($"  {condition}\n");
        }
        return text.ToString();
    }
}
