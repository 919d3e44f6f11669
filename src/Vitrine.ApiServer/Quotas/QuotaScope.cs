using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Quotas;

/// <summary>Which objects a quota is about: all, or with scopes only the pods all of them hold for (https://kubernetes.io/docs/concepts/policy/resource-quotas/#quota-scopes).</summary>
internal static class QuotaScope
{
    public static bool Holds(JsonObject quota, Kind kind, JsonObject value)
    {
        var spec = quota.Object("spec");
        var (scopes, expressions) = (spec.Array("scopes"), spec.Object("scopeSelector").Objects("matchExpressions"));
        if (scopes is not { Count: > 0 } && !expressions.Any())
        {
            return true;
        }
        return kind is { Group: "", Plural: "pods" } && (scopes ?? []).All(scope => Holds(scope.AsText() ?? "", "Exists", [], value))
            && expressions.All(e => Holds(e.Text("scopeName"), e.Text("operator"), [.. (e.Array("values") ?? []).Select(static v => v.AsText() ?? "")], value));
    }

    private static bool Holds(string scope, string op, string[] values, JsonObject pod)
    {
        var spec = pod.Object("spec");
        return scope switch
        {
            "Terminating" => spec.Has("activeDeadlineSeconds"),
            "NotTerminating" => !spec.Has("activeDeadlineSeconds"),
            "BestEffort" => IsBestEffort(spec),
            "NotBestEffort" => !IsBestEffort(spec),
            "CrossNamespacePodAffinity" => CrossesNamespaces(spec),
            "PriorityClass" => spec.Text("priorityClassName") is var name && op switch
            {
                "In" => values.Contains(name),
                "NotIn" => !values.Contains(name),
                "DoesNotExist" => name.Length == 0,
                _ => name.Length > 0,
            },
            _ => false,
        };
    }

    private static bool IsBestEffort(JsonObject? spec) => !spec.Objects("containers").Concat(spec.Objects("initContainers"))
        .Any(static c => PodUsage.Amounts(c, "requests").Concat(PodUsage.Amounts(c, "limits")).Any(static a => a.Key is "cpu" or "memory" && !a.Value.IsZero));

    private static bool CrossesNamespaces(JsonObject? spec) => (from kind in (string[])["podAffinity", "podAntiAffinity"]
        let affinity = spec.Object("affinity").Object(kind)
        from term in affinity.Objects("requiredDuringSchedulingIgnoredDuringExecution").Concat(affinity.Objects("preferredDuringSchedulingIgnoredDuringExecution").Select(static p => p.Object("podAffinityTerm") ?? []))
        where term.Array("namespaces") is { Count: > 0 } || term.Has("namespaceSelector")
        select term).Any();
}
