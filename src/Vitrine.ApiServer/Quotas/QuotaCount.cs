using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Quotas;

/// <summary>All that a namespace's objects take of a quota.</summary>
internal static class QuotaCount
{
    /// <param name="kinds">Those that <see cref="Counts"/>.</param>
    public static Dictionary<string, Quantity> Used(JsonObject quota, IEnumerable<Kind> kinds, Func<Kind, KindTree> tree)
    {
        var (hard, ns) = (QuotaStatus.Amounts(quota, "spec", "hard"), quota.TextAt("metadata.namespace"));
        var used = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var kind in kinds)
        {
            foreach (var value in tree(kind).List(ns).Select(static o => o.Parse()).Where(value => QuotaScope.Holds(quota, kind, value)))
            {
                foreach (var (name, amount) in QuotaUsage.Of(kind, value).Where(u => hard.ContainsKey(u.Key)))
                {
                    QuotaUsage.Add(used, name, amount);
                }
            }
        }
        return used;
    }

    /// <summary>Whether objects of a kind can take of such limits.</summary>
    public static bool Counts(Kind kind, IReadOnlyCollection<string> names) =>
        kind.Namespaced && kind.Verbs.Contains("list") && (names.Contains($"count/{kind.QualifiedPlural}") || ((kind.Group, kind.Plural) switch
        {
            ("", "pods") => names.Any(static n => n is "pods" or "cpu" or "memory" or "ephemeral-storage" || n.StartsWith("limits.", StringComparison.Ordinal) || n.StartsWith("requests.", StringComparison.Ordinal)),
            ("", "services") => names.Any(static n => n.StartsWith("services", StringComparison.Ordinal)),
            ("", "persistentvolumeclaims") => names.Any(static n => n is "persistentvolumeclaims" or "requests.storage"),
            ("", var plural) => names.Contains(plural),
            _ => false,
        }));
}
