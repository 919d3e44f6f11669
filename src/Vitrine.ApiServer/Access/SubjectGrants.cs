namespace Vitrine.ApiServer.Access;

/// <summary>What one user, or one group, was granted: everywhere, and in single namespaces.</summary>
internal sealed class SubjectGrants
{
    private readonly List<RoleGrant> everywhere = [];
    private readonly Dictionary<string, List<RoleGrant>> local = new(StringComparer.Ordinal);

    /// <param name="ns">Null for everywhere.</param>
    public void Add(string? ns, RoleGrant grant)
    {
        if (ns is null)
        {
            everywhere.Add(grant);
        }
        else if (local.TryGetValue(ns, out var there))
        {
            there.Add(grant);
        }
        else
        {
            local.Add(ns, [grant]);
        }
    }

    /// <summary>The first that allows it, or null.</summary>
    public RoleGrant? Find(in AccessQuestion question) =>
        First(everywhere, question) ?? (question.Namespace.Length > 0 && local.TryGetValue(question.Namespace, out var there) ? First(there, question) : null);

    /// <summary>All that counts in a namespace; "" for what counts everywhere.</summary>
    public IEnumerable<RoleGrant> In(string ns) => local.TryGetValue(ns, out var there) ? everywhere.Concat(there) : everywhere;

    private static RoleGrant? First(List<RoleGrant> grants, in AccessQuestion question)
    {
        foreach (var grant in grants)
        {
            if (grant.Allows(question))
            {
                return grant;
            }
        }
        return null;
    }
}
