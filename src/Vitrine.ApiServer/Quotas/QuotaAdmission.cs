using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Quotas;

/// <summary>
/// The admission plugin ResourceQuota: what an object takes is added to the status of every quota it counts for, in the very commit that writes the object; where that
/// would be more than spec.hard, neither is written. No two requests can take the same rest. What is given back is counted by <see cref="QuotaLoop"/>.
/// </summary>
internal static class QuotaAdmission
{
    /// <summary>Null when no quota can be concerned, which is asked without reading the object.</summary>
    /// <param name="old">Null on create.</param>
    public static Func<Func<int, KindTree>, IReadOnlyList<JointChange>>? Joint(ApiRequest request, JsonObject value, JsonObject? old)
    {
        if (!request.Kind.Namespaced || request.Api.Quotas is not { } quotas || request.Kind == quotas || !request.Store.Tree(quotas).List(request.Namespace).Any())
        {
            return null;
        }
        var usage = QuotaUsage.Of(request.Kind, value);
        if (old is not null)
        {
            foreach (var (name, amount) in QuotaUsage.Of(request.Kind, old))
            {
                QuotaUsage.Add(usage, name, amount, -1);
            }
        }
        var index = request.Store.IndexOf(quotas);
        return tree => [.. tree(index).List(request.Namespace).Select(stored => Take(request.Kind, value, usage, index, stored, fresh: old is null, quota => Count(request.Api, quota, tree))).OfType<JointChange>()];
    }

    private static Dictionary<string, Quantity> Count(ApiContext api, JsonObject quota, Func<int, KindTree> tree) =>
        QuotaCount.Used(quota, api.Kinds.DistinctBy(static k => (k.Group, k.Plural)).Where(k => QuotaCount.Counts(k, QuotaStatus.Amounts(quota, "spec", "hard").Keys)), k => tree(api.Store.IndexOf(k)));

    private static JointChange? Take(Kind kind, JsonObject value, Dictionary<string, Quantity> usage, int index, StoredObject stored, bool fresh, Func<JsonObject, Dictionary<string, Quantity>> count)
    {
        var quota = stored.Parse();
        if (!QuotaScope.Holds(quota, kind, value))
        {
            return null;
        }
        var name = value.TextAt("metadata.name");
        var hard = QuotaStatus.Amounts(quota, "spec", "hard");
        if (fresh && kind is { Group: "", Plural: "pods" } && Unspecified(value, hard.Keys) is { Length: > 0 } missing)
        {
            throw ApiErrors.Forbidden(kind, name, $"failed quota: {stored.Name}: must specify {missing}");
        }
        string[] taken = [.. hard.Keys.Where(resource => usage.TryGetValue(resource, out var amount) && !amount.IsZero)];
        if (taken.Length == 0)
        {
            return null;
        }
        var used = QuotaStatus.Amounts(quota, "status", "used");
        if (!taken.All(used.ContainsKey))
        {
            // A quota that is new, or has new limits: nobody has counted yet.
            used = count(quota);
        }
        string[] exceeded = [.. taken.Where(resource => !usage[resource].IsNegative && used.GetValueOrDefault(resource).Nanos + usage[resource].Nanos > hard[resource].Nanos)];
        if (exceeded.Length > 0)
        {
            throw ApiErrors.Forbidden(kind, name, $"exceeded quota: {stored.Name}, requested: {Text(exceeded, usage)}, used: {Text(exceeded, used)}, limited: {Text(exceeded, hard)}");
        }
        foreach (var resource in taken)
        {
            QuotaUsage.Add(used, resource, usage[resource]);
        }
        return new JointChange(index, stored, ObjectPayload.From(QuotaStatus.With(quota, hard, used)));
    }

    /// <summary>A pod must say what a quota is to count: "requests.cpu for: a,b; …".</summary>
    private static string Unspecified(JsonObject pod, IEnumerable<string> resources) => string.Join("; ",
        from resource in resources.Order(StringComparer.Ordinal)
        let part = resource switch
        {
            "cpu" or "memory" or "ephemeral-storage" => ("requests", resource),
            _ when resource.StartsWith("limits.", StringComparison.Ordinal) => ("limits", resource["limits.".Length..]),
            "requests.cpu" or "requests.memory" or "requests.ephemeral-storage" => ("requests", resource["requests.".Length..]),
            _ => ("", ""),
        }
        where part.Item1.Length > 0
        let silent = pod.Object("spec").Objects("initContainers").Concat(pod.Object("spec").Objects("containers")).Where(c => !PodUsage.Amounts(c, part.Item1).ContainsKey(part.Item2)).Select(static c => c.Text("name")).Order(StringComparer.Ordinal).ToArray()
        where silent.Length > 0
        select $"{resource} for: {string.Join(',', silent)}");

    private static string Text(string[] names, Dictionary<string, Quantity> amounts) =>
        string.Join(',', names.Order(StringComparer.Ordinal).Select(name => $"{name}={amounts.GetValueOrDefault(name)}"));
}
