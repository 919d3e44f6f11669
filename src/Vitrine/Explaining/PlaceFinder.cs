using System.Net;
using System.Net.Sockets;
using Vitrine.Model.Explain;
using Vitrine.Model.Snapshot;

namespace Vitrine.Explaining;

/// <summary>Finds what a name or an address stands for in the cluster.</summary>
internal sealed class PlaceFinder(ClusterSnapshot snapshot, IReadOnlyCollection<IPAddress> hostAddresses, string ns)
{
    /// <summary>Both ends, with addresses of one family: the one asked for, that of an address given, or the destination's primary.</summary>
    public (Place Source, Place Destination) Find(string source, string destination, AddressFamily? family)
    {
        family ??= Address(destination)?.AddressFamily ?? Address(source)?.AddressFamily;
        var to = Find(destination, family);
        return (Find(source, family ?? to.Address?.AddressFamily), to);
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
            _ => throw new CommandFailure($"\"{text}\" names nothing", "write pod/NAME, pod/NAMESPACE/NAME, node/NAME, host or an address"),
        };
    }

    private Place Pod(string key, AddressFamily? family) => new(Place.Pod(key), snapshot.Pods.TryGetValue(key, out var pod) ? Of(pod.Addresses, family) : null);

    private Place At(IPAddress address) =>
        snapshot.Pods.Values.FirstOrDefault(p => p is { HostNetwork: false, Finished: false } && p.Addresses.Contains(address)) is { } pod ? new Place(Place.Pod(pod.Key), address)
        : snapshot.Nodes.Values.FirstOrDefault(n => n.Addresses.Contains(address)) is { } node ? new Place(Place.Node(node.Name), address)
        : new Place(hostAddresses.Contains(address) ? Place.Host : address.ToString(), address);

    private static IPAddress? Address(string text) => IPAddress.TryParse(text, out var address) ? address : null;

    private static IPAddress? Of(IEnumerable<IPAddress> addresses, AddressFamily? family) => addresses.FirstOrDefault(a => family is null || a.AddressFamily == family);
}
