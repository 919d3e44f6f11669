using System.Text.Json;
using k8s.Models;
using Vitrine.Control.Api;
using Vitrine.Control.Services;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Model.Plans.Gateway.GatewayApi;
using Vitrine.Model.Snapshot;

namespace Vitrine.Control.Gateways;

/// <summary>The door of a Gateway.</summary>
internal static class GatewayEntries
{
    /// <summary>Without ports where none of its listeners is accepted.</summary>
    public static GatewayEntry Of(GatewayReport report, GatewayPorts ports)
    {
        var (gateway, name) = (report.Gateway, GatewayEntryNames.Service(report.Gateway));
        var open = report.Listeners.Where(l => l.Conditions.Any(c => c is { Type: "Accepted", Status: true }) && !l.Conditions.Any(c => c is { Type: "Conflicted", Status: true })).Select(l => l.Name).ToHashSet();
        int[] numbers = [.. gateway.Spec.Items("listeners").Where(l => open.Contains(l.Text("name"))).Select(l => (int)(l.Number("port") ?? 0)).Distinct().Order()];
        var infrastructure = gateway.Spec.Part("infrastructure");
        var annotations = Map(infrastructure.Part("annotations"));
        if (gateway.Spec.Items("addresses").Select(a => a.Text("value")).Where(v => v.Length > 0).ToArray() is { Length: > 0 } addresses)
        {
            annotations[BalancerWish.AddressAnnotations[0]] = string.Join(',', addresses);
        }

        return new GatewayEntry(gateway.Namespace, name, [.. numbers.Select(n => (Number: n, Target: ports.For($"{gateway.Namespace}/{name}", n))).Where(p => p.Target is not null).Select(p => ($"port-{p.Number}", p.Number, p.Target!.Value))])
        {
            Labels = new Dictionary<string, string>(Map(infrastructure.Part("labels"))) { [GatewayEntryNames.Label] = gateway.Name },
            Annotations = annotations,
            Owner = new V1OwnerReference { ApiVersion = Resource.Gateways.Version, Kind = "Gateway", Name = gateway.Name, Uid = gateway.Uid, Controller = true, BlockOwnerDeletion = true },
        };
    }

    private static Dictionary<string, string> Map(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object ? value.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString() ?? "") : [];
}
