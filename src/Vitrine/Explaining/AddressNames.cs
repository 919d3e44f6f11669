using System.Collections.Frozen;
using System.Net;
using Vitrine.Model.Snapshot;

namespace Vitrine.Explaining;

/// <summary>Whose an address is, of one snapshot.</summary>
internal sealed class AddressNames
{
    private readonly FrozenDictionary<IPAddress, string> places, services;

    public AddressNames(ClusterSnapshot snapshot)
    {
        places = snapshot.Pods.Values.Where(p => p is { HostNetwork: false, Finished: false }).OrderBy(p => p.Key, StringComparer.Ordinal).SelectMany(p => p.Addresses.Select(a => (Address: a, Name: $"pod/{p.Key}")))
            .Concat(snapshot.Nodes.Values.OrderBy(n => n.Name, StringComparer.Ordinal).SelectMany(n => n.Addresses.Select(a => (Address: a, Name: $"node/{n.Name}"))))
            .DistinctBy(p => p.Address).ToFrozenDictionary(p => p.Address, p => p.Name);
        services = snapshot.Services.Values.OrderBy(s => s.Key, StringComparer.Ordinal).SelectMany(s => s.ClusterIPs.Concat(s.LoadBalancerAddresses).Select(a => (Address: a, Name: $"service/{s.Key}")))
            .DistinctBy(s => s.Address).ToFrozenDictionary(s => s.Address, s => s.Name);
    }

    /// <summary>pod/NAMESPACE/NAME, node/NAME, or the address itself.</summary>
    public string Of(IPAddress address) => places.GetValueOrDefault(address) ?? $"{address}";

    /// <summary>service/NAMESPACE/NAME; null for an address of none.</summary>
    public string? Service(IPAddress address) => services.GetValueOrDefault(address);
}
