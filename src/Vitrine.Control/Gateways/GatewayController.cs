using k8s;
using k8s.Models;
using Vitrine.Control.Api;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Model.Snapshot;
using Vitrine.Model.Watching;

namespace Vitrine.Control.Gateways;

/// <summary>
/// What the cluster as a whole does for Ingresses and Gateways; each node's gateway serves them by itself. 1. Their plan is made, as on every node.
/// 2. Doors are opened and closed, and status says where they are and what became of each object. 3. What cannot be done is told by events.
/// </summary>
/// <param name="client">the API, to read</param>
/// <param name="api">the API, to write</param>
/// <param name="events">for 3</param>
/// <param name="watch">of the Gateway API</param>
/// <param name="again">asks for another round</param>
/// <param name="failed">hears why a request did not work</param>
/// <param name="time">the clock</param>
/// <param name="slices">the API has EndpointSlices</param>
internal sealed class GatewayController(Kubernetes client, ApiClient api, EventRecorder events, GatewayApiWatch watch, Action again, Action<string> failed, TimeProvider time, bool slices = true) : IWorkloadController, IAsyncDisposable
{
    private readonly IngressKeeper ingressKeeper = new(api, slices);
    private readonly GatewayKeeper gatewayKeeper = new(api, slices, time);
    private readonly GatewayCompiler compiler = new();
    private readonly ReferenceWatch references = new(client, again, failed, time);
    private readonly ProblemEvents problems = new(events, "vitrine-gateway", TimeSpan.FromSeconds(2), time);

    // Every node's own plan comes first; that addresses and status follow a moment later is felt by nobody.
    public TimeSpan Settle => TimeSpan.FromMilliseconds(20);

    public async Task<TimeSpan?> ReconcileAsync(ControlSnapshot snapshot, CancellationToken ct)
    {
        if (watch.Into(snapshot.Cluster with { Ingresses = snapshot.Routes.Ingresses, IngressClasses = snapshot.Routes.IngressClasses, Services = snapshot.Routes.Services }) is not { } cluster)
        {
            return null;
        }

        await ingressKeeper.KeepAsync(snapshot, cluster, ct);
        var plan = compiler.Compile(references.Into(cluster));
        references.Follow(compiler.Secrets, compiler.ConfigMaps);
        if (!references.Complete)
        {
            // It is called again when the last of them was looked for.
            return null;
        }

        await gatewayKeeper.KeepAsync(snapshot, cluster, compiler, ct);
        return problems.Tell(plan.Problems.Concat(IngressClaims.Unserved(cluster)).Select(p => Told(snapshot, p)).OfType<(Resource, V1ObjectMeta, string, string, string)>());
    }

    /// <summary>Null for routes of the Gateway API, which have conditions for it, and for what is gone.</summary>
    private static (Resource, V1ObjectMeta, string, string, string)? Told(ControlSnapshot snapshot, GatewayProblem problem)
    {
        var (ns, name) = (problem.Source.Namespace, problem.Source.Name);
        var (resource, about) = problem.Source.Kind switch
        {
            "Ingress" => (Resource.Ingresses, snapshot.Ingresses.Find(ns, name)?.Metadata),
            "Service" => (Resource.Services, snapshot.Services.Find(ns, name)?.Metadata),
            _ => (Resource.Ingresses, null),
        };
        return about is null ? null : (resource, about, problem.Source.Field, problem.Reason, problem.Message);
    }

    public ValueTask DisposeAsync() => references.DisposeAsync();
}
