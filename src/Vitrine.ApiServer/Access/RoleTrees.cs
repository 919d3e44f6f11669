using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Access;

/// <summary>The four kinds of RBAC as of one revision. Equal when nothing of them changed: a tree is a value.</summary>
internal readonly record struct RoleTrees(KindTree Roles, KindTree ClusterRoles, KindTree RoleBindings, KindTree ClusterRoleBindings)
{
    public static RoleTrees None { get; } = new(KindTree.Empty, KindTree.Empty, KindTree.Empty, KindTree.Empty);
}
