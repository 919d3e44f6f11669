using System.Numerics;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Quotas;

/// <summary>What one object takes of a quota, by the names of spec.hard. Source: pkg/quota/v1/evaluator/core.</summary>
internal static class QuotaUsage
{
    private static readonly BigInteger Unit = 1_000_000_000;

    public static Dictionary<string, Quantity> Of(Kind kind, JsonObject value)
    {
        var usage = new Dictionary<string, Quantity>(StringComparer.Ordinal) { [$"count/{kind.QualifiedPlural}"] = Count(1) };
        switch (kind.Group, kind.Plural)
        {
            case ("", "pods"):
                PodUsage.Add(value, usage);
                break;
            case ("", "services"):
                usage["services"] = Count(1);
                Service(value.Object("spec"), usage);
                break;
            case ("", "persistentvolumeclaims"):
                usage["persistentvolumeclaims"] = Count(1);
                if (Quantity.TryParse(value.TextAt("spec.resources.requests.storage"), out var storage))
                {
                    usage["requests.storage"] = storage;
                }
                break;
            case ("", "configmaps" or "secrets" or "replicationcontrollers" or "resourcequotas"):
                usage[kind.Plural] = Count(1);
                break;
        }
        return usage;
    }

    /// <summary>Adds, with the notation of what was there first.</summary>
    public static void Add(Dictionary<string, Quantity> into, string name, Quantity amount, int times = 1) =>
        into[name] = into.TryGetValue(name, out var before) ? before with { Nanos = before.Nanos + (amount.Nanos * times) } : amount with { Nanos = amount.Nanos * times };

    public static Quantity Count(int number) => new(Unit * number, QuantityFormat.Decimal);

    private static void Service(JsonObject? spec, Dictionary<string, Quantity> usage)
    {
        var type = spec.Text("type");
        if (type == "LoadBalancer")
        {
            usage["services.loadbalancers"] = Count(1);
        }
        if (type is "NodePort" or "LoadBalancer")
        {
            var none = type == "LoadBalancer" && spec.Has("allocateLoadBalancerNodePorts") && !spec.Flag("allocateLoadBalancerNodePorts");
            usage["services.nodeports"] = Count(spec.Objects("ports").Count(port => !none || port.Number("nodePort") > 0));
        }
    }
}
