using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Vitrine.ApiServer.Drafts;
using Vitrine.ApiServer.Services;
using Vitrine.Clusters;
using Vitrine.Control.Forecasts;
using Vitrine.Model.Snapshot;

namespace Vitrine.Manifests;

/// <summary>
/// Gives the files' objects to the API server's own code, in an order in which each finds what admission looks for: 1. what every cluster has, 2. classes and
/// accounts, 3. Services that ask for an address or port, then the others, 4. the rest as it is written.
/// </summary>
internal sealed class ObjectDraft
{
    private readonly DraftServer server;
    private readonly string ns;
    private readonly List<(Manifest, Manifest, string)> repeated = [];
    private readonly List<FileObject> objects = [];

    /// <param name="spec">of the cluster they would be in</param>
    /// <param name="ns">of objects that name none</param>
    public ObjectDraft(ClusterSpec spec, string ns)
    {
        (server, this.ns) = (new DraftServer(new ServiceRanges { Cidrs = [.. ClusterSpec.Parse(spec.ServiceCidrs)] }), ns);
        server.Begin();
    }

    /// <summary>In the order of the files.</summary>
    public IReadOnlyList<FileObject> Objects => objects;

    /// <summary>Objects that a later one of the same name replaces, and what kubectl calls both.</summary>
    public IReadOnlyList<(Manifest Earlier, Manifest Later, string Key)> Repeated => repeated;

    public void Add(IEnumerable<Manifest> manifests)
    {
        Manifest[] all = [.. manifests.Where(m => m.Value is not null)];
        // As apply after apply: the last of a name is what stays.
        var last = all.Where(m => Identity(m).Length > 0).GroupBy(Identity).ToDictionary(g => g.Key, g => g.Last());
        var drafts = new Dictionary<Manifest, FileObject>(ReferenceEqualityComparer.Instance);
        var staying = all.Where(m => ReferenceEquals(last.GetValueOrDefault(Identity(m), m), m)).ToLookup(m => Turn(m.Value!));
        Create(staying[1], drafts);
        AddClasses();
        foreach (var turn in (int[])[2, 3, 4])
            Create(staying[turn], drafts);
        objects.AddRange(all.Where(drafts.ContainsKey).Select(m => drafts[m]));
        repeated.AddRange(all.Where(m => !drafts.ContainsKey(m)).Select(m => (m, last[Identity(m)], drafts[last[Identity(m)]].Key)));
    }

    /// <summary>An object that a controller makes. Accounts and priorities it names are there: whoever wrote the files may have made them elsewhere.</summary>
    public (T? Value, DraftObject Draft) Make<T>(T value) where T : class
    {
        var node = JsonNode.Parse(KubernetesJson.Serialize(value))!.AsObject();
        if (value is V1Pod)
            Assume(node);
        var draft = server.Create(node, ns);
        return (draft.Stored ? Read<T>(draft.Value) : null, draft);
    }

    /// <summary>All of a kind that are there, those of every cluster included.</summary>
    public IEnumerable<JsonObject> All(string group, string plural) => server.All(group, plural);

    public IEnumerable<Namespace> Namespaces() => All("", "namespaces").Select(n => SnapshotReader.Read(Read<V1Namespace>(n)));

    public static T Read<T>(JsonNode value) => KubernetesJson.Deserialize<T>(value.ToJsonString());

    private void Create(IEnumerable<Manifest> manifests, Dictionary<Manifest, FileObject> drafts)
    {
        foreach (var manifest in manifests)
        {
            if (Text(manifest.Value, "kind") == "Pod")
                Assume(manifest.Value!);
            drafts[manifest] = new FileObject(server.Create(manifest.Value!.DeepClone().AsObject(), ns, manifest.Duplicates), manifest.Origin);
        }
    }

    /// <summary>What a pod names as if it were there.</summary>
    private void Assume(JsonObject pod)
    {
        if (pod["spec"] is not JsonObject spec)
            return;
        var space = Text(pod["metadata"] as JsonObject, "namespace") is { Length: > 0 } own ? own : ns;
        if (Text(spec, "serviceAccountName") is { Length: > 0 } account && !server.Has("", "serviceaccounts", space, account))
            server.Create(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "ServiceAccount", ["metadata"] = new JsonObject { ["name"] = account, ["namespace"] = space } });
        if (Text(spec, "priorityClassName") is { Length: > 0 } priority && !server.Has("scheduling.k8s.io", "priorityclasses", "", priority))
            server.Create(new JsonObject { ["apiVersion"] = "scheduling.k8s.io/v1", ["kind"] = "PriorityClass", ["metadata"] = new JsonObject { ["name"] = priority }, ["value"] = 0 });
    }

    private void AddClasses()
    {
        if (!server.Has("networking.k8s.io", "ingressclasses", "", GatewayForecast.IngressClass().Metadata.Name))
            Make(GatewayForecast.IngressClass());
        var gatewayClass = JsonNode.Parse(GatewayForecast.GatewayClass)!.AsObject();
        if (!server.Has("gateway.networking.k8s.io", "gatewayclasses", "", gatewayClass["metadata"]!["name"]!.ToString()))
            server.Create(gatewayClass);
    }

    /// <summary>Group, kind, namespace and name; empty for an object without a name.</summary>
    private string Identity(Manifest manifest)
    {
        var (value, metadata) = (manifest.Value!, manifest.Value!["metadata"] as JsonObject);
        return Text(metadata, "name") is { Length: > 0 } name
            ? $"{(Text(value, "apiVersion").Split('/') is [var group, _] ? group : "")} {Text(value, "kind")} {(Text(metadata, "namespace") is { Length: > 0 } own ? own : ns)}/{name}" : "";
    }

    private static int Turn(JsonObject value) => Text(value, "kind") switch
    {
        "Namespace" or "PriorityClass" or "ServiceAccount" or "IngressClass" or "GatewayClass" => 1,
        "Service" when value["spec"] is JsonObject spec && (spec["clusterIP"] is not null || spec["clusterIPs"] is not null || spec["ports"] is JsonArray ports && ports.OfType<JsonObject>().Any(p => p["nodePort"] is not null)) => 2,
        "Service" => 3,
        _ => 4,
    };

    private static string Text(JsonObject? value, string field) => value?[field] is JsonValue text ? text.ToString() : "";
}
