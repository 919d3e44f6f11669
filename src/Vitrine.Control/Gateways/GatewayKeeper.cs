using System.Text.Json.Nodes;
using k8s.Models;
using Vitrine.Control.Api;
using Vitrine.Control.Pods;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Model.Plans.Gateway.GatewayApi;
using Vitrine.Model.Snapshot;

namespace Vitrine.Control.Gateways;

/// <summary>For Gateways: the class, made once; a door for each; the status of classes, Gateways and routes.</summary>
internal sealed class GatewayKeeper(ApiClient api, bool slices, TimeProvider time)
{
    internal const string ClassName = "vitrine";
    internal const string Class = $$$"""{"apiVersion":"gateway.networking.k8s.io/v1","kind":"GatewayClass","metadata":{"name":"{{{ClassName}}}"},"spec":{"controllerName":"{{{GatewayCompiler.GatewayController}}}"}}""";

    private readonly EntryKeeper keeper = new(api, slices);
    private bool made;

    public async Task KeepAsync(ControlSnapshot snapshot, ClusterSnapshot cluster, GatewayCompiler compiler, CancellationToken ct)
    {
        await MakeClassAsync(cluster, ct);
        await DoorsAsync(snapshot, compiler, ct);
        var status = new GatewayStatusPlan(time.GetUtcNow());
        List<Task> writes =
        [
            .. cluster.GatewayClasses.Values.Where(c => c.Spec.Text("controllerName") == GatewayCompiler.GatewayController).Select(c => WriteAsync(Resource.GatewayClasses, c, status.Of(c), ct)),
            .. compiler.Gateways.Select(g => WriteAsync(Resource.Gateways, g.Gateway, status.Of(g), ct)),
        ];
        var reports = compiler.Routes.ToDictionary(r => (r.Route.Kind, r.Route.Key), r => r.Parents);
        foreach (var route in cluster.HttpRoutes.Values.Concat(cluster.GrpcRoutes.Values).Concat(cluster.TlsRoutes.Values))
        {
            var resource = route.Kind switch { "HTTPRoute" => Resource.HttpRoutes, "GRPCRoute" => Resource.GrpcRoutes, _ => Resource.TlsRoutes };
            writes.Add(WriteAsync(resource, route, status.Of(route, reports.GetValueOrDefault((route.Kind, route.Key), [])), ct));
        }

        var policies = compiler.Policies.ToDictionary(p => p.Policy.Key);
        writes.AddRange(cluster.BackendTlsPolicies.Values.Select(p => WriteAsync(Resource.BackendTlsPolicies, p, status.Of(p, policies.GetValueOrDefault(p.Key)), ct)));
        await Task.WhenAll(writes);
    }

    private async Task MakeClassAsync(ClusterSnapshot cluster, CancellationToken ct)
    {
        // Once: who deletes it means it.
        if (!made && !cluster.GatewayClasses.ContainsKey(ClassName))
        {
            try
            {
                await api.SendAsync<object>(HttpMethod.Post, Resource.GatewayClasses.In(), Class, "application/json", ct);
            }
            catch (ApiException e) when (e.Stale)
            {
                // There already, or an API that does not have the kind.
            }
        }

        made = true;
    }

    private async Task DoorsAsync(ControlSnapshot snapshot, GatewayCompiler compiler, CancellationToken ct)
    {
        var doors = snapshot.Doors.All.Values.Where(s => PodFacts.Label(s.Metadata, GatewayEntryNames.Label).Length > 0).ToArray();
        var ports = new GatewayPorts(doors);
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var report in compiler.Gateways)
        {
            var entry = GatewayEntries.Of(report, ports);
            if (entry.Ports.Count > 0)
            {
                wanted.Add($"{entry.Namespace}/{entry.Name}");
                await keeper.KeepAsync(entry, snapshot, ct);
            }
        }

        foreach (var service in doors.Where(s => !wanted.Contains($"{s.Metadata.NamespaceProperty}/{s.Metadata.Name}")))
        {
            await keeper.RemoveAsync(service.Metadata.NamespaceProperty, service.Metadata.Name, snapshot, ct);
        }
    }

    /// <summary>Null: it says so already.</summary>
    private async Task WriteAsync(Resource resource, GatewayObject about, JsonObject? status, CancellationToken ct)
    {
        if (status is null)
        {
            return;
        }

        var patch = new JsonObject { ["metadata"] = new JsonObject { ["uid"] = about.Uid }, ["status"] = status };
        await api.PatchAsync(resource, about.Namespace, $"{about.Name}/status", patch.ToJsonString(), ct, ApiClient.Merge);
    }
}
