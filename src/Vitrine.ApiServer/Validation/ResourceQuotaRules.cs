using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>Source: ValidateResourceQuota of pkg/apis/core/validation.</summary>
internal static class ResourceQuotaRules
{
    private static readonly HashSet<string> Counted =
    [
        "pods", "services", "replicationcontrollers", "resourcequotas", "secrets", "configmaps", "persistentvolumeclaims", "services.nodeports", "services.loadbalancers",
    ];

    private static readonly HashSet<string> Measured =
    [
        "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.storage", "requests.ephemeral-storage",
        "limits.cpu", "limits.memory", "limits.ephemeral-storage",
    ];

    private static readonly string[] Scopes = ["BestEffort", "CrossNamespacePodAffinity", "NotBestEffort", "NotTerminating", "PriorityClass", "Terminating"];

    public static void Check(JsonObject quota, JsonObject? old, List<FieldCause> causes)
    {
        var spec = quota.Object("spec");
        foreach (var (name, amount) in spec.Object("hard") ?? [])
        {
            Hard(name, amount, $"spec.hard[{name}]", causes);
        }
        var scopes = (spec.Array("scopes") ?? []).Select(static s => s.AsText() ?? "").ToArray();
        foreach (var scope in scopes.Where(static s => !Scopes.Contains(s)))
        {
            causes.Add(Cause.Invalid("spec.scopes", scope, "unsupported scope"));
        }
        foreach (var (one, other) in (ReadOnlySpan<(string, string)>)[("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating")])
        {
            if (scopes.Contains(one) && scopes.Contains(other))
            {
                causes.Add(Cause.Invalid("spec.scopes", spec!["scopes"], "conflicting scopes"));
            }
        }
        Expressions(spec, causes);
        if (old is not null)
        {
            causes.Unchanged(spec, old.Object("spec"), "spec", "scopes");
            causes.Unchanged(spec, old.Object("spec"), "spec", "scopeSelector");
        }
    }

    private static void Hard(string name, JsonNode? amount, string path, List<FieldCause> causes)
    {
        causes.Named(path, name, Names.Qualified);
        if (!name.Contains('/', StringComparison.Ordinal) && !Counted.Contains(name) && !Measured.Contains(name) && !name.StartsWith("hugepages-", StringComparison.Ordinal) && !name.StartsWith("requests.hugepages-", StringComparison.Ordinal))
        {
            causes.Add(Cause.Invalid(path, name, "must be a standard resource for quota"));
        }
        if (!Quantity.TryParse(amount.AsText() ?? "", out var quantity))
        {
            causes.Add(Cause.Invalid(path, amount, Quantity.Expected));
            return;
        }
        if (quantity.IsNegative)
        {
            causes.Add(Cause.Invalid(path, amount, FieldRules.NotNegative));
        }
        if ((Counted.Contains(name) || name.StartsWith("count/", StringComparison.Ordinal)) && quantity.Nanos % 1_000_000_000 != 0)
        {
            causes.Add(Cause.Invalid(path, amount, "must be an integer"));
        }
    }

    private static void Expressions(JsonObject? spec, List<FieldCause> causes)
    {
        var index = 0;
        foreach (var expression in spec.Object("scopeSelector").Objects("matchExpressions"))
        {
            var path = $"spec.scopeSelector.matchExpressions[{index++}]";
            var (scope, op, values) = (expression.Text("scopeName"), expression.Text("operator"), expression.Array("values") is { Count: > 0 });
            if (!Scopes.Contains(scope))
            {
                causes.Add(Cause.Invalid($"{path}.scopeName", scope, "unsupported scope"));
            }
            if (scope is not "PriorityClass" && op != "Exists")
            {
                causes.Add(Cause.Invalid($"{path}.operator", op, "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"));
            }
            switch (op)
            {
                case "In" or "NotIn" when !values:
                    causes.Add(Cause.Required($"{path}.values", "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"));
                    break;
                case "Exists" or "DoesNotExist" when values:
                    causes.Add(Cause.Invalid($"{path}.values", expression["values"], "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"));
                    break;
                case not ("In" or "NotIn" or "Exists" or "DoesNotExist"):
                    causes.Add(Cause.Invalid($"{path}.operator", op, "not a valid selector operator"));
                    break;
            }
        }
    }
}
