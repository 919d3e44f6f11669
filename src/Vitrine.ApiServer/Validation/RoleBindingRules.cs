using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>Source: ValidateRoleBinding, ValidateClusterRoleBinding and ValidateRoleBindingSubject of pkg/apis/rbac/validation.</summary>
internal static class RoleBindingRules
{
    public static void CheckRoleBinding(JsonObject binding, JsonObject? old, List<FieldCause> causes) => Check(binding, old, causes, "Role", "ClusterRole");

    public static void CheckClusterRoleBinding(JsonObject binding, JsonObject? old, List<FieldCause> causes) => Check(binding, old, causes, "ClusterRole");

    private static void Check(JsonObject binding, JsonObject? old, List<FieldCause> causes, params ReadOnlySpan<string> kinds)
    {
        var role = binding["roleRef"];
        if (role.Text("apiGroup") is var group && group != RbacKinds.Group)
        {
            causes.Add(Cause.NotSupported("roleRef.apiGroup", group, RbacKinds.Group));
        }
        if (role.Text("kind") is var kind && !kinds.Contains(kind))
        {
            causes.Add(Cause.NotSupported("roleRef.kind", kind, kinds));
        }
        if (causes.Require(role, "roleRef", "name"))
        {
            causes.Named("roleRef.name", role.Text("name"), Names.Segment);
        }
        var index = 0;
        foreach (var subject in binding.Objects("subjects"))
        {
            Subject(subject, $"subjects[{index++}]", causes);
        }
        if (old is not null)
        {
            // Whoever may change the subjects of a binding was not thereby allowed to hand out another role.
            causes.Unchanged(binding, old, "", "roleRef", "cannot change roleRef");
        }
    }

    private static void Subject(JsonObject subject, string path, List<FieldCause> causes)
    {
        causes.Require(subject, path, "name");
        var (kind, group) = (subject.Text("kind"), subject.Text("apiGroup"));
        switch (kind)
        {
            case "ServiceAccount":
                if (subject.Text("name") is { Length: > 0 } name)
                {
                    causes.Named($"{path}.name", name, Names.Subdomain);
                }
                if (group.Length > 0)
                {
                    causes.Add(Cause.NotSupported($"{path}.apiGroup", group, ""));
                }
                causes.Require(subject, path, "namespace");
                break;
            case "User" or "Group":
                if (group != RbacKinds.Group)
                {
                    causes.Add(Cause.NotSupported($"{path}.apiGroup", group, RbacKinds.Group));
                }
                break;
            default:
                causes.Add(Cause.NotSupported($"{path}.kind", kind, "ServiceAccount", "User", "Group"));
                break;
        }
    }
}
