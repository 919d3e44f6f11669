using System.Collections.Immutable;
using System.Runtime.CompilerServices;
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
internal sealed class GatewayController(Kubernetes client, ApiClient api, EventRecorder events, GatewayApiWatch watch, Action again, Action<string> failed, TimeProvider time) : IWorkloadController, IAsyncDisposable
{
    private readonly IngressKeeper ingressKeeper = new(api);
    private readonly GatewayKeeper gatewayKeeper = new(api, time);
    private readonly GatewayCompiler compiler = new();
    private readonly ReferenceWatch references = new(client, again, failed, time);
    private readonly ProblemEvents problems = new(events, time);
    private readonly ConditionalWeakTable<V1Ingress, Ingress> read = [];
    private readonly ConditionalWeakTable<V1Service, Service> services = [];
    private ImmutableDictionary<string, Ingress> ingresses = ImmutableDictionary<string, Ingress>.Empty;
    private ImmutableDictionary<string, Service> backends = ImmutableDictionary<string, Service>.Empty;

    public async Task<TimeSpan?> ReconcileAsync(ControlSnapshot snapshot, CancellationToken ct)
    {
        if (watch.Into(Read(snapshot)) is not { } cluster)
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
        return problems.Tell(snapshot, plan.Problems.Concat(IngressClaims.Unserved(cluster)));
    }

    public ValueTask DisposeAsync() => references.DisposeAsync();

    /// <summary>What stayed is the same instance, so that the compiler need not look at it again.</summary>
    private ClusterSnapshot Read(ControlSnapshot snapshot)
    {
        ingresses = Same(ingresses, snapshot.Ingresses.All.ToImmutableDictionary(i => i.Key, i => read.GetValue(i.Value, IngressReader.Read)));
        backends = Same(backends, snapshot.Services.All.ToImmutableDictionary(s => s.Key, s => services.GetValue(s.Value, ServiceReader.Read)));
        return snapshot.Cluster with
        {
            Ingresses = ingresses, Services = backends, IngressClasses = snapshot.IngressClasses.All.Values.Select(IngressReader.Read).ToImmutableDictionary(c => c.Name),
        };
    }

    private static ImmutableDictionary<string, T> Same<T>(ImmutableDictionary<string, T> before, ImmutableDictionary<string, T> now) where T : class =>
        before.Count == now.Count && now.All(p => before.TryGetValue(p.Key, out var held) && ReferenceEquals(held, p.Value)) ? before : now;
}
