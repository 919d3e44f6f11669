using System.Net;
using System.Net.Sockets;
using Vitrine.Model.Explain;
using Vitrine.Model.Explain.Services;
using Vitrine.Model.Snapshot;

namespace Vitrine.Explaining;

/// <summary>Finds what a name or an address stands for in the cluster.</summary>
/// <param name="snapshot">the cluster</param>
/// <param name="workloads">what makes its pods</param>
/// <param name="hostAddresses">of the machine on the nodes' bridge</param>
/// <param name="ns">of names without a namespace</param>
/// <param name="resolve">looks a DNS name up for whoever asks</param>
internal sealed class PlaceFinder(ClusterSnapshot snapshot, IReadOnlyCollection<WorkloadPods> workloads, IReadOnlyCollection<IPAddress> hostAddresses, string ns, Func<Place, string, AddressFamily?, NameResult> resolve)
{
    /// <summary>Both ends, with addresses of one family: the one asked for, that of an address given, or the destination's primary.</summary>
    public (Place Source, Target Destination) Find(string source, PlaceText destination, AddressFamily? family)
    {
        family ??= Address(destination.Name)?.AddressFamily ?? Address(source)?.AddressFamily;
        var to = Destination(Find(source, family), destination, family);
        return (Find(source, family ?? to.Place.Address?.AddressFamily), to);
    }

    private Target Destination(Place source, PlaceText text, AddressFamily? family)
    {
        if (text.Name.Split('/') is ["svc" or "service", .. var name] && name.Length is 1 or 2)
            return snapshot.Services.TryGetValue(name.Length == 1 ? $"{ns}/{name[0]}" : $"{name[0]}/{name[1]}", out var service) && service.Type != ServiceType.ExternalName
                ? Target.OfService(service, text, family)
                : service is null ? new Target(new Place(Place.Service(name.Length == 1 ? $"{ns}/{name[0]}" : $"{name[0]}/{name[1]}"), null), text.Port, text.Transport)
                : Named(source, $"{service.Name}.{service.Namespace}", text, family);
        if (Address(text.Name) is null && (text.IsUrl || IsDnsName(text.Name)))
            return Named(source, text.Name, text, family);
        return new Target(Find(text.Name, family), text.Port, text.Transport);
    }

    /// <summary>A bare name is a pod's when there is such a pod; with dots it is DNS'.</summary>
    private bool IsDnsName(string name) => !name.Contains('/') && name != "host" && !snapshot.Pods.ContainsKey($"{ns}/{name}") && (name.Contains('.') || snapshot.Services.ContainsKey($"{ns}/{name}"));

    private Target Named(Place source, string name, PlaceText text, AddressFamily? family)
    {
        var found = resolve(source, name, family);
        if (found.Addresses is not [var first, ..])
            return new Target(new Place(name, null), text.Port, text.Transport) { Naming = found };
        var service = snapshot.Services.Values.FirstOrDefault(s => s.ClusterIPs.Contains(first));
        return (service is null ? new Target(At(first), text.Port, text.Transport) : Target.OfService(service, text, first.AddressFamily)) with { Naming = found };
    }

    private Place Find(string text, AddressFamily? family)
    {
        if (Address(text) is { } address)
            return At(address);
        var parts = text.Split('/');
        return parts switch
        {
            ["host"] => new Place(Place.Host, Of(hostAddresses, family)),
            ["node", var name] => new Place(Place.Node(name), snapshot.Nodes.TryGetValue(name, out var node) ? Of(node.Addresses, family) : null),
            [var name] => Pod($"{ns}/{name}", family),
            ["pod", var name] => Pod($"{ns}/{name}", family),
            ["pod", var space, var name] => Pod($"{space}/{name}", family),
            [var kind, .. [_] or [_, _]] when Workload(kind) is { } workload => Pod(PodOf(workload, parts is [_, var space, _] ? space : ns, parts[^1]), family),
            _ => throw new CommandFailure($"\"{text}\" names nothing", "write pod/NAME, pod/NAMESPACE/NAME, deployment/NAME, svc/NAME, node/NAME, host, an address, a DNS name or a URL"),
        };
    }

    /// <summary>A kind of workloads in any of kubectl's spellings; null for another.</summary>
    private static string? Workload(string kind) => kind switch
    {
        "deploy" or "deployment" => "deployment",
        "sts" or "statefulset" => "statefulset",
        "ds" or "daemonset" => "daemonset",
        "rs" or "replicaset" => "replicaset",
        "rc" or "replicationcontroller" => "replicationcontroller",
        _ => null,
    };

    /// <summary>namespace/name of a workload's first pod.</summary>
    private string PodOf(string kind, string space, string name)
    {
        if (workloads.FirstOrDefault(w => w.Kind == kind && w.Namespace == space && w.Name == name) is not { } workload)
            throw new CommandFailure($"there is no {kind}/{space}/{name}", $"look for it: kubectl get {kind}s -A");
        return snapshot.Pods.Values.Where(p => p.Namespace == space && p.Name.StartsWith($"{name}-", StringComparison.Ordinal) && workload.Labels.All(l => p.Labels.GetValueOrDefault(l.Key) == l.Value))
            .OrderBy(p => p.Finished).ThenBy(p => p.Name, StringComparer.Ordinal).FirstOrDefault()?.Key
            ?? throw new CommandFailure($"{workload} has no pod", $"see why: kubectl describe {kind} {name} -n {space}");
    }

    private Place Pod(string key, AddressFamily? family) => new(Place.Pod(key), snapshot.Pods.TryGetValue(key, out var pod) ? Of(pod.Addresses, family) : null);

    private Place At(IPAddress address) =>
        snapshot.Pods.Values.FirstOrDefault(p => p is { HostNetwork: false, Finished: false } && p.Addresses.Contains(address)) is { } pod ? new Place(Place.Pod(pod.Key), address)
        : snapshot.Nodes.Values.FirstOrDefault(n => n.Addresses.Contains(address)) is { } node ? new Place(Place.Node(node.Name), address)
        : snapshot.Services.Values.FirstOrDefault(s => s.ClusterIPs.Contains(address) || s.LoadBalancerAddresses.Contains(address) || s.ExternalIPs.Contains(address)) is { } service ? new Place(Place.Service(service.Key), address)
        : new Place(hostAddresses.Contains(address) ? Place.Host : address.ToString(), address);

    private static IPAddress? Address(string text) => IPAddress.TryParse(text, out var address) ? address : null;

    private static IPAddress? Of(IEnumerable<IPAddress> addresses, AddressFamily? family) => addresses.FirstOrDefault(a => family is null || a.AddressFamily == family);
}
