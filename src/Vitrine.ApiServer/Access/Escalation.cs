using System.Text.Json.Nodes;
using Vitrine.ApiServer.Admission;
using Vitrine.ApiServer.Auth;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Access;

/// <summary>
/// Nobody hands out rights he does not hold himself, unless he was given the verb escalate (roles) or bind (bindings). Sources: pkg/registry/rbac/*/policybased,
/// https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping.
/// </summary>
internal static class Escalation
{
    private static readonly AccessRule[] Everything = [new(["*"], ["*"], ["*"], [], []), new(["*"], [], [], [], ["*"])];

    /// <summary>Throws a 403 with the rules that are not held.</summary>
    /// <param name="old">Null on create. A change of labels counts: aggregation looks at them.</param>
    public static void CheckRole(AdmissionRequest request, JsonObject role, JsonObject? old)
    {
        if (Judge(request) is not { } user || (old is not null && Same(role, old, "rules", "aggregationRule") && JsonNode.DeepEquals(role["metadata"]?["labels"], old["metadata"]?["labels"])))
        {
            return;
        }
        var name = role.TextAt("metadata.name");
        if (May(request, user, "escalate", request.Kind.Plural, name))
        {
            return;
        }
        if ((role.Has("aggregationRule") || old.Has("aggregationRule")) && Missing(request, user, Everything).Count > 0)
        {
            throw ApiErrors.Forbidden(request.Kind, name, "must have cluster-admin privileges to use an aggregationRule");
        }
        RequireAll(request, user, name, AccessRule.ReadAll(role));
    }

    /// <summary>Throws a 403 with the role's rules that are not held, or a 404 for a role there is not.</summary>
    public static void CheckBinding(AdmissionRequest request, JsonObject binding, JsonObject? old)
    {
        if (Judge(request) is not { } user || (old is not null && Same(binding, old, "roleRef", "subjects")))
        {
            return;
        }
        var (role, cluster) = (binding["roleRef"], binding.TextAt("roleRef.kind") == "ClusterRole");
        if (May(request, user, "bind", cluster ? "clusterroles" : "roles", role.Text("name")))
        {
            return;
        }
        var rules = request.Access!.Roles.RulesOf(role, request.Namespace) ?? throw ApiErrors.NotFound(cluster ? RbacKinds.ClusterRole : RbacKinds.Role, role.Text("name"));
        RequireAll(request, user, binding.TextAt("metadata.name"), rules);
    }

    private static ClientUser? Judge(AdmissionRequest request) => request.Access is not null && request.User is { IsMaster: false } user ? user : null;

    private static bool May(AdmissionRequest request, ClientUser user, string verb, string resource, string name) =>
        request.Access!.Decide(new AccessQuestion(user, verb, RbacKinds.Group, resource) { Namespace = request.Namespace, Name = name }).Allowed;

    private static bool Same(JsonObject value, JsonObject old, params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields)
        {
            if (!JsonNode.DeepEquals(value[field], old[field]))
            {
                return false;
            }
        }
        return true;
    }

    private static void RequireAll(AdmissionRequest request, ClientUser user, string name, IEnumerable<AccessRule> rules)
    {
        if (Missing(request, user, rules) is { Count: > 0 } missing)
        {
            var groups = string.Join(' ', user.Groups.Select(static g => $"\"{g}\""));
            throw ApiErrors.Forbidden(request.Kind, name, $"user \"{user.Name}\" (groups=[{groups}]) is attempting to grant RBAC permissions not currently held:\n{RuleAtoms.Describe(missing)}");
        }
    }

    private static List<AccessRule> Missing(AdmissionRequest request, ClientUser user, IEnumerable<AccessRule> rules)
    {
        AccessRule[] held = [.. request.Access!.Roles.RulesOf(user, request.Namespace)];
        return [.. RuleAtoms.Of(rules).Where(atom => !Array.Exists(held, rule => rule.Covers(atom)))];
    }
}
