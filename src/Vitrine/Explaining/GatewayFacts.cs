using System.Collections.Immutable;
using System.Net;
using k8s;
using k8s.Autorest;
using Vitrine.Model.Explain.Gateway;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Model.Plans.Gateway.Matching;
using Vitrine.Model.Snapshot;
using Vitrine.Model.Watching;

namespace Vitrine.Explaining;

/// <summary>What the gateway serves, as its own agents work it out: the same compiler over the same objects.</summary>
internal sealed record GatewayFacts(ClusterSnapshot Snapshot, GatewayIndex Index)
{
    /// <summary>Lists what routes are made of, and reads the Secrets and ConfigMaps that are referred to, no others.</summary>
    public static async Task<GatewayFacts> ListAsync(Kubernetes api, ClusterSnapshot snapshot, CancellationToken ct)
    {
        var ingresses = api.NetworkingV1.ListIngressForAllNamespacesAsync(cancellationToken: ct);
        var classes = api.NetworkingV1.ListIngressClassAsync(cancellationToken: ct);
        var others = GatewayResources.All.Select(r => ServedList.ReadAsync(api, r.Path, e => GatewayObject.Read(r.Kind, e), ct)).ToArray();
        await Task.WhenAll([ingresses, classes, .. others]);
        snapshot = snapshot with
        {
            Ingresses = ingresses.Result.Items.Select(IngressReader.Read).ToImmutableDictionary(i => i.Key),
            IngressClasses = classes.Result.Items.Select(IngressReader.Read).ToImmutableDictionary(c => c.Name),
        };
        foreach (var (resource, objects) in GatewayResources.All.Zip(others))
            snapshot = resource.After(snapshot, new WatchChange<GatewayObject>(WatchChangeKind.Replaced, objects.Result));
        var compiler = new GatewayCompiler();
        compiler.Compile(snapshot);
        var secrets = await ReadAsync(compiler.Secrets, async (ns, name) => IngressReader.Read(await api.CoreV1.ReadNamespacedSecretAsync(name, ns, cancellationToken: ct)));
        var maps = await ReadAsync(compiler.ConfigMaps, async (ns, name) => IngressReader.Read(await api.CoreV1.ReadNamespacedConfigMapAsync(name, ns, cancellationToken: ct)));
        snapshot = snapshot with { Secrets = secrets, ConfigMaps = maps };
        return new GatewayFacts(snapshot, GatewayIndex.Compile(compiler.Compile(snapshot)));
    }

    /// <summary>The listener that takes what is sent to a port of the proxy.</summary>
    public PlannedListener? At(int targetPort) => Index.Plan.Listeners.FirstOrDefault(l => l.TargetPort == targetPort);

    /// <summary>The Service in front of the listener that knows a host best, and its address; null where there is none with an address.</summary>
    public (Service Service, IPAddress Address, PlannedListener Listener)? DoorFor(string host, int port) =>
        (from listener in RequestWalk.Doors(Index.Plan, host, port)
         from service in Snapshot.Services.Values.OrderBy(s => s.Key, StringComparer.Ordinal)
         where Snapshot.SlicesOf(service.Key).Values.Any(s => s.Ports.Any(p => p.Port == listener.TargetPort)) && service.LoadBalancerAddresses.Length > 0
         select ((Service, IPAddress, PlannedListener)?)(service, service.LoadBalancerAddresses[0], listener)).FirstOrDefault();

    private static async Task<ImmutableDictionary<string, T>> ReadAsync<T>(IEnumerable<string> keys, Func<string, string, Task<T>> read)
    {
        var found = ImmutableDictionary.CreateBuilder<string, T>();
        foreach (var key in keys)
            try
            {
                if (key.Split('/') is [var ns, var name])
                    found[key] = await read(ns, name);
            }
            catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
            {
                // Absent, which the plan says.
            }
        return found.ToImmutable();
    }
}
