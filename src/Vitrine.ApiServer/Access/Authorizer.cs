using Vitrine.ApiServer.Auth;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Access;

/// <summary>
/// Who may do what: 1. system:masters everything, 2. whoever asked for a certificate may see what became of it, 3. a node's agent what belongs to its
/// node, 4. everybody what roles grant. Whatever nobody allows is refused.
/// </summary>
internal sealed class Authorizer
{
    private readonly ObjectStore store;
    private readonly int[]? kinds;
    private readonly Kind? requests;
    private readonly NodeAuthorizer nodes;
    private readonly Lock building = new();
    private RoleIndex index = RoleIndex.Empty;

    public Authorizer(ObjectStore store, IReadOnlyList<Kind> served)
    {
        this.store = store;
        nodes = new NodeAuthorizer(store, served);
        requests = served.FirstOrDefault(static kind => kind is { Group: "certificates.k8s.io", Plural: "certificatesigningrequests" });
        Kind[] roles = [RbacKinds.Role, RbacKinds.ClusterRole, RbacKinds.RoleBinding, RbacKinds.ClusterRoleBinding];
        kinds = roles.All(served.Contains) ? [.. roles.Select(store.IndexOf)] : null;
    }

    /// <summary>Of the newest state: what was just acknowledged already counts.</summary>
    public RoleIndex Roles
    {
        get
        {
            if (kinds is null)
            {
                return RoleIndex.Empty;
            }
            var trees = store.Snapshot.Trees;
            var now = new RoleTrees(trees[kinds[0]], trees[kinds[1]], trees[kinds[2]], trees[kinds[3]]);
            var known = Volatile.Read(ref index);
            if (known.Trees == now)
            {
                return known;
            }
            lock (building)
            {
                if (index.Trees != now)
                {
                    Volatile.Write(ref index, RoleIndex.Build(now, index));
                }
                return index;
            }
        }
    }

    public AccessVerdict Decide(in AccessQuestion question)
    {
        // 1. system:masters
        if (question.User.IsMaster)
        {
            return new AccessVerdict(true, null, "");
        }

        // 2. one's own request for a certificate
        if (IsOwnRequest(question))
        {
            return new AccessVerdict(true, null, "who asked for a certificate may see what became of it");
        }

        // 3. a node
        var why = "";
        if (question.User.Node is { } node && nodes.Allows(question, node, out why))
        {
            return new AccessVerdict(true, null, "");
        }

        // 4. roles
        return Roles.Find(question) is { } grant ? new AccessVerdict(true, grant, "") : new AccessVerdict(false, null, why);
    }

    /// <summary>Throws upstream's 403, or for somebody nobody knows a 401: it may be allowed to whoever says who it is.</summary>
    public void Require(in AccessQuestion question)
    {
        if (Decide(question) is { Allowed: false } refused)
        {
            throw Refusal(question, refused);
        }
    }

    public static ApiException Refusal(in AccessQuestion question, in AccessVerdict verdict) => question.User.IsAnonymous ? ApiErrors.Unauthorized() : Denial.Of(question, verdict.Why);

    private bool IsOwnRequest(in AccessQuestion question) =>
        question is { Group: "certificates.k8s.io", Resource: "certificatesigningrequests", Subresource: "", Verb: "get" or "list" or "watch", Name.Length: > 0, User.IsAnonymous: false }
        && requests is not null && store.Find(requests, "", question.Name) is { } stored
        && Objects.JsonFields.TextAt(stored.Parse(), "spec.username") == question.User.Name;
}
