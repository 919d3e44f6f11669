using System.Text.Json.Nodes;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Verbs;

/// <summary>The namespaces every cluster has from its first moment.</summary>
internal static class InitialNamespaces
{
    public static IReadOnlyList<string> Names { get; } = ["default", "kube-node-lease", "kube-public", "kube-system"];

    public static Task CreateAsync(ApiContext api, CancellationToken ct) =>
        api.Namespaces is { } kind ? Task.WhenAll(Names.Where(name => api.Store.Find(kind, "", name) is null).Select(name => CreateAsync(api, name, ct))) : Task.CompletedTask;

    public static JsonObject Made(string name, Guid uid, DateTimeOffset created) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Namespace",
        ["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["uid"] = uid.ToString(),
            ["creationTimestamp"] = ObjectMeta.Timestamp(created),
            ["labels"] = new JsonObject { ["kubernetes.io/metadata.name"] = name },
        },
        ["spec"] = new JsonObject { ["finalizers"] = new JsonArray("kubernetes") },
        ["status"] = new JsonObject { ["phase"] = "Active" },
    };

    private static Task<WriteOutcome> CreateAsync(ApiContext api, string name, CancellationToken ct) => api.Store.WriteAsync(
        new WriteRequest { Kind = api.Store.IndexOf(api.Namespaces!), Namespace = "", Name = name, Payload = ObjectPayload.From(Made(name, Guid.NewGuid(), api.Time.GetUtcNow())), Expected = 0 }, ct);
}
