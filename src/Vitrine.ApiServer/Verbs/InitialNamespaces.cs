using System.Text.Json.Nodes;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Verbs;

/// <summary>The namespaces every cluster has from its first moment.</summary>
internal static class InitialNamespaces
{
    private static readonly string[] s_names = ["default", "kube-node-lease", "kube-public", "kube-system"];

    public static Task CreateAsync(ApiContext api, CancellationToken ct) =>
        api.Namespaces is { } kind ? Task.WhenAll(s_names.Where(name => api.Store.Find(kind, "", name) is null).Select(name => CreateAsync(api, name, ct))) : Task.CompletedTask;

    private static Task<WriteOutcome> CreateAsync(ApiContext api, string name, CancellationToken ct)
    {
        JsonObject value = new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Namespace",
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["uid"] = Guid.NewGuid().ToString(),
                ["creationTimestamp"] = ObjectMeta.Timestamp(api.Time.GetUtcNow()),
                ["labels"] = new JsonObject { ["kubernetes.io/metadata.name"] = name },
            },
            ["spec"] = new JsonObject { ["finalizers"] = new JsonArray("kubernetes") },
            ["status"] = new JsonObject { ["phase"] = "Active" },
        };
        return api.Store.WriteAsync(new WriteRequest { Kind = api.Store.IndexOf(api.Namespaces!), Namespace = "", Name = name, Payload = ObjectPayload.From(value), Expected = 0 }, ct);
    }
}
