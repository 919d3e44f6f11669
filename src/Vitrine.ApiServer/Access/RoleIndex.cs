using System.Text.Json.Nodes;
using Vitrine.ApiServer.Auth;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Access;

/// <summary>
/// Who was granted what, by user and by group: a question looks at the grants of the one who asks, not at a cluster's thousand bindings.
/// Immutable; made anew when a role or binding changed, with whatever did not change taken over from the index before.
/// </summary>
internal sealed class RoleIndex
{
    private readonly Dictionary<string, SubjectGrants> users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SubjectGrants> groups = new(StringComparer.Ordinal);
    private readonly Dictionary<StoredObject, AccessRule[]> rules = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<StoredObject, JsonObject> bindings = new(ReferenceEqualityComparer.Instance);

    private RoleIndex(RoleTrees trees) => Trees = trees;

    public static RoleIndex Empty { get; } = new(RoleTrees.None);

    public RoleTrees Trees { get; }

    public static RoleIndex Build(RoleTrees trees, RoleIndex before)
    {
        var index = new RoleIndex(trees);
        foreach (var binding in trees.ClusterRoleBindings.List(null))
        {
            index.Add(binding, null, before);
        }
        foreach (var binding in trees.RoleBindings.List(null))
        {
            index.Add(binding, binding.Namespace, before);
        }
        return index;
    }

    /// <summary>The grant that allows it, or null. No allocation.</summary>
    public RoleGrant? Find(in AccessQuestion question)
    {
        if (users.TryGetValue(question.User.Name, out var own) && own.Find(question) is { } granted)
        {
            return granted;
        }
        var member = question.User.Groups;
        for (var i = 0; i < member.Count; i++)
        {
            if (groups.TryGetValue(member[i], out var of) && of.Find(question) is { } shared)
            {
                return shared;
            }
        }
        return null;
    }

    /// <summary>All rules that count for a user in a namespace; "" for those that count everywhere.</summary>
    public IEnumerable<AccessRule> RulesOf(ClientUser user, string ns) =>
        user.Groups.Select(group => groups.GetValueOrDefault(group)).Prepend(users.GetValueOrDefault(user.Name)).OfType<SubjectGrants>()
            .SelectMany(grants => grants.In(ns)).SelectMany(static grant => grant.Rules);

    /// <summary>The rules of the role that a binding refers to; null when there is none.</summary>
    /// <param name="ns">Of the binding.</param>
    public AccessRule[]? RulesOf(JsonNode? roleRef, string ns) => Role(roleRef, ns) is not { } role ? null : rules.GetValueOrDefault(role) ?? AccessRule.ReadAll(role.Parse());

    private void Add(StoredObject stored, string? ns, RoleIndex before)
    {
        var binding = bindings[stored] = before.bindings.GetValueOrDefault(stored) ?? stored.Parse();
        if (Role(binding["roleRef"], ns ?? "") is not { } role)
        {
            return;
        }
        if (!rules.TryGetValue(role, out var granted))
        {
            rules.Add(role, granted = before.rules.GetValueOrDefault(role) ?? AccessRule.ReadAll(role.Parse()));
        }
        var (what, by) = ($"{binding.TextAt("roleRef.kind")} \"{role.Name}\"", ns is null ? $"ClusterRoleBinding \"{stored.Name}\"" : $"RoleBinding \"{stored.Name}/{ns}\"");
        foreach (var subject in binding.Objects("subjects"))
        {
            var name = subject.Text("name");
            var (to, key) = subject.Text("kind") switch
            {
                "Group" => (groups, name),
                "User" => (users, name),
                _ => (users, $"{ClientUser.ServiceAccountPrefix}{subject.Text("namespace")}:{name}"),
            };
            if (!to.TryGetValue(key, out var grants))
            {
                to.Add(key, grants = new SubjectGrants());
            }
            grants.Add(ns, new RoleGrant(by, what, subject, granted));
        }
    }

    private StoredObject? Role(JsonNode? roleRef, string ns) =>
        roleRef.Text("kind") == "ClusterRole" ? Trees.ClusterRoles.Find("", roleRef.Text("name")) : Trees.Roles.Find(ns, roleRef.Text("name"));
}
