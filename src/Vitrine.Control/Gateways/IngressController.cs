using System.Collections.Concurrent;
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
/// What the cluster as a whole does for Ingresses; each node's gateway serves them by itself. 1. The class is made once. 2. While an Ingress is ours,
/// there is the door. 3. Its addresses are written to the Ingresses' status. 4. What cannot be done is told by events.
/// </summary>
internal sealed class IngressController(Kubernetes client, ApiClient api, EventRecorder events, Action again, Action<string> failed, TimeProvider time) : IWorkloadController, IAsyncDisposable
{
    /// <summary>Ours to name; whoever wants it to be the default says so by its annotation.</summary>
    public const string ClassName = "vitrine";

    private static readonly GatewayEntry Entry = new(IngressService.Namespace, IngressService.Name,
        [("http", IngressService.PlainPort, IngressService.PlainTarget), ("https", IngressService.SecurePort, IngressService.SecureTarget)]);

    private readonly EntryKeeper keeper = new(api);
    private readonly GatewayCompiler compiler = new();
    private readonly ReferenceWatch references = new(client, again, failed, time);
    private readonly ProblemEvents problems = new(events, time);
    private readonly ConditionalWeakTable<V1Ingress, Ingress> read = [];
    private readonly ConditionalWeakTable<V1Service, Service> services = [];
    private ImmutableDictionary<string, Ingress> ingresses = ImmutableDictionary<string, Ingress>.Empty;
    private ImmutableDictionary<string, Service> backends = ImmutableDictionary<string, Service>.Empty;
    private readonly ConcurrentDictionary<string, bool> written = [];
    private bool made;

    public async Task<TimeSpan?> ReconcileAsync(ControlSnapshot snapshot, CancellationToken ct)
    {
        await MakeClassAsync(snapshot, ct);
        var cluster = Read(snapshot);
        V1Ingress[] ours = [.. snapshot.Ingresses.All.Values.Where(i => IngressClaims.AreOurs(i, cluster))];
        var door = AddressesOf(snapshot.Services.Find(Entry.Namespace, Entry.Name));
        var addresses = await AddressesAsync(snapshot, ours.Length > 0, ct);
        await Task.WhenAll(snapshot.Ingresses.All.Values.Select(i => StatusAsync(i, IngressClaims.AreOurs(i, cluster), addresses, door, ct)));

        var plan = compiler.Compile(references.Into(cluster));
        references.Follow(compiler.Secrets, compiler.ConfigMaps);
        return !references.Complete ? null : problems.Tell(snapshot, plan.Problems.Concat(IngressClaims.Unserved(cluster)));
    }

    public ValueTask DisposeAsync() => references.DisposeAsync();

    private async Task MakeClassAsync(ControlSnapshot snapshot, CancellationToken ct)
    {
        // Once: who deletes it means it.
        if (!made && snapshot.IngressClasses.Find(null, ClassName) is null)
        {
            try
            {
                await api.CreateAsync(Resource.IngressClasses, null, new V1IngressClass
                {
                    ApiVersion = "networking.k8s.io/v1", Kind = "IngressClass", Metadata = new V1ObjectMeta { Name = ClassName }, Spec = new V1IngressClassSpec { Controller = GatewayCompiler.IngressController },
                }, ct);
            }
            catch (ApiException e) when (e.Stale)
            {
                // There already.
            }
        }

        made = true;
    }

    private async Task<IReadOnlyList<string>> AddressesAsync(ControlSnapshot snapshot, bool wanted, CancellationToken ct)
    {
        if (!wanted)
        {
            await keeper.RemoveAsync(Entry.Namespace, Entry.Name, snapshot, ct);
            return [];
        }

        return AddressesOf(await keeper.KeepAsync(Entry, snapshot, ct));
    }

    private static string[] AddressesOf(V1Service? service) => [.. (service?.Status?.LoadBalancer?.Ingress ?? []).Select(i => i.Ip).Where(a => !string.IsNullOrEmpty(a))];

    /// <summary>Of an Ingress that is no longer ours only what we wrote is taken away.</summary>
    private async Task StatusAsync(V1Ingress ingress, bool ours, IReadOnlyList<string> addresses, IReadOnlyList<string> door, CancellationToken ct)
    {
        string[] has = [.. (ingress.Status?.LoadBalancer?.Ingress ?? []).Select(i => i.Ip ?? "")];
        if (!ours && !written.ContainsKey(ingress.Metadata.Uid) && !(has.Length > 0 && has.SequenceEqual(door)))
        {
            return;
        }

        IReadOnlyList<string> wanted = ours ? addresses : [];
        if (!has.SequenceEqual(wanted))
        {
            var list = wanted.Count == 0 ? "null" : $"[{string.Join(',', wanted.Select(a => $$"""{"ip":"{{a}}"}"""))}]";
            var patch = "{\"metadata\":{\"uid\":\"" + ingress.Metadata.Uid + "\"},\"status\":{\"loadBalancer\":{\"ingress\":" + list + "}}}";
            await api.PatchAsync(Resource.Ingresses, ingress.Metadata.NamespaceProperty, $"{ingress.Metadata.Name}/status", patch, ct);
        }

        if (ours)
        {
            written[ingress.Metadata.Uid] = true;
        }
        else
        {
            written.TryRemove(ingress.Metadata.Uid, out _);
        }
    }

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
