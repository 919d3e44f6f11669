using System.Text.Json.Nodes;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Store;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.Admission;

/// <summary>The two priority classes every cluster has from its first moment, and nobody can delete.</summary>
internal static class SystemPriorityClasses
{
    public static IReadOnlyDictionary<string, (long Value, string Description)> Values { get; } = new Dictionary<string, (long, string)>
    {
        ["system-node-critical"] = (2_000_001_000, "Used for system critical pods that must not be moved from their current node."),
        ["system-cluster-critical"] = (2_000_000_000, "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary."),
    };

    public static Task CreateAsync(ApiContext api, CancellationToken ct) => api.PriorityClasses is not { } kind
        ? Task.CompletedTask
        : Task.WhenAll(Values.Where(pair => api.Store.Find(kind, "", pair.Key) is null).Select(pair => api.Store.WriteAsync(
            new WriteRequest { Kind = api.Store.IndexOf(kind), Namespace = "", Name = pair.Key, Payload = ObjectPayload.From(Made(pair.Key, pair.Value.Value, pair.Value.Description, Guid.NewGuid(), api.Time.GetUtcNow())), Expected = 0 }, ct)));

    public static JsonObject Made(string name, long value, string description, Guid uid, DateTimeOffset created) => new()
    {
        ["apiVersion"] = "scheduling.k8s.io/v1",
        ["kind"] = "PriorityClass",
        ["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["uid"] = uid.ToString(),
            ["creationTimestamp"] = ObjectMeta.Timestamp(created),
            ["generation"] = 1,
        },
        ["description"] = description,
        ["preemptionPolicy"] = "PreemptLowerPriority",
        ["value"] = value,
    };
}
