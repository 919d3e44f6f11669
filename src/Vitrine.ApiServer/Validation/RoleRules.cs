using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>Source: ValidateRole, ValidateClusterRole and ValidatePolicyRule of pkg/apis/rbac/validation.</summary>
internal static class RoleRules
{
    public static void CheckRole(JsonObject role, JsonObject? old, List<FieldCause> causes) => Rules(role, namespaced: true, causes);

    public static void CheckClusterRole(JsonObject role, JsonObject? old, List<FieldCause> causes)
    {
        Rules(role, namespaced: false, causes);
        if (role.Object("aggregationRule") is not { } aggregation)
        {
            return;
        }
        if (aggregation.Array("clusterRoleSelectors") is not { Count: > 0 })
        {
            causes.Add(Cause.Required("aggregationRule.clusterRoleSelectors", "at least one clusterRoleSelector required if aggregationRule is non-nil"));
        }
        var index = 0;
        foreach (var selector in aggregation.Objects("clusterRoleSelectors"))
        {
            SelectorRules.Check(selector, $"aggregationRule.clusterRoleSelectors[{index++}]", causes);
        }
    }

    private static void Rules(JsonObject role, bool namespaced, List<FieldCause> causes)
    {
        var index = 0;
        foreach (var rule in role.Objects("rules"))
        {
            Rule(rule, namespaced, $"rules[{index++}]", causes);
        }
    }

    private static void Rule(JsonObject rule, bool namespaced, string path, List<FieldCause> causes)
    {
        if (!Some(rule, "verbs"))
        {
            causes.Add(Cause.Required($"{path}.verbs", "verbs must contain at least one value"));
        }
        if (Some(rule, "nonResourceURLs"))
        {
            if (namespaced)
            {
                causes.Add(Cause.Invalid($"{path}.nonResourceURLs", rule["nonResourceURLs"], "namespaced rules cannot apply to non-resource URLs"));
            }
            if (Some(rule, "apiGroups") || Some(rule, "resources") || Some(rule, "resourceNames"))
            {
                causes.Add(Cause.Invalid($"{path}.nonResourceURLs", rule["nonResourceURLs"], "rules cannot apply to both regular resources and non-resource URLs"));
            }
            return;
        }
        if (!Some(rule, "apiGroups"))
        {
            causes.Add(Cause.Required($"{path}.apiGroups", "resource rules must supply at least one api group"));
        }
        if (!Some(rule, "resources"))
        {
            causes.Add(Cause.Required($"{path}.resources", "resource rules must supply at least one resource"));
        }
    }

    private static bool Some(JsonObject rule, string field) => rule.Array(field) is { Count: > 0 };
}
