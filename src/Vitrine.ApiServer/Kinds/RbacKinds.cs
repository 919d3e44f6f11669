using Vitrine.ApiServer.Access;
using Vitrine.ApiServer.Defaulting;
using Vitrine.ApiServer.Table;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Kinds;

/// <summary>Group rbac.authorization.k8s.io: roles, and who has them.</summary>
internal static class RbacKinds
{
    public const string Group = "rbac.authorization.k8s.io";

    public static Kind Role { get; } = Make("Role", "roles", "role", namespaced: true) with
    {
        Prepare = static (request, value) => Escalation.CheckRole(request, value, null),
        PrepareUpdate = static (request, _, value, old) => Escalation.CheckRole(request, value, old),
        Validate = RoleRules.CheckRole,
        Table = RoleTables.Role,
    };

    public static Kind ClusterRole { get; } = Make("ClusterRole", "clusterroles", "clusterrole", namespaced: false) with
    {
        Prepare = static (request, value) => Escalation.CheckRole(request, value, null),
        PrepareUpdate = static (request, _, value, old) => Escalation.CheckRole(request, value, old),
        Validate = RoleRules.CheckClusterRole,
        Table = RoleTables.Role,
    };

    public static Kind RoleBinding { get; } = Make("RoleBinding", "rolebindings", "rolebinding", namespaced: true) with
    {
        Prepare = static (request, value) => Escalation.CheckBinding(request, value, null),
        PrepareUpdate = static (request, _, value, old) => Escalation.CheckBinding(request, value, old),
        Default = BindingDefaults.Apply,
        Validate = RoleBindingRules.CheckRoleBinding,
        Table = RoleTables.Binding,
    };

    public static Kind ClusterRoleBinding { get; } = Make("ClusterRoleBinding", "clusterrolebindings", "clusterrolebinding", namespaced: false) with
    {
        Prepare = static (request, value) => Escalation.CheckBinding(request, value, null),
        PrepareUpdate = static (request, _, value, old) => Escalation.CheckBinding(request, value, old),
        Default = BindingDefaults.Apply,
        Validate = RoleBindingRules.CheckClusterRoleBinding,
        Table = RoleTables.Binding,
    };

    private static Kind Make(string name, string plural, string singular, bool namespaced) => new()
    {
        Group = Group,
        Version = "v1",
        Name = name,
        Plural = plural,
        Singular = singular,
        Namespaced = namespaced,
        NameIsSegment = true,
        HasDependents = false,
        Schema = $"io.k8s.api.rbac.v1.{name}",
    };
}
