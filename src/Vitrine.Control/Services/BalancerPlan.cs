using System.Net;
using System.Net.Sockets;
using k8s.Models;
using Vitrine.Model.Plans;

namespace Vitrine.Control.Services;

/// <summary>The addresses of one LoadBalancer Service, or why it has none.</summary>
/// <param name="Addresses">In the order of its families.</param>
/// <param name="Pending">What is missing and what helps, or null.</param>
internal sealed record BalancerPlan(IReadOnlyList<IPAddress> Addresses, string? Pending)
{
    /// <param name="service">Ours, and not on its way out.</param>
    /// <param name="pools">All of the cluster.</param>
    /// <param name="taken">Addresses of nodes, of the bridge and of other Services, with who has each.</param>
    public static BalancerPlan Compile(V1Service service, IReadOnlyCollection<AddressPool> pools, IReadOnlyDictionary<IPAddress, string> taken)
    {
        var wish = BalancerWish.Read(service);
        if (wish.Fault is { } fault)
        {
            return new([], fault);
        }

        if (pools.Count == 0)
        {
            return new([], "this cluster has no pool of LoadBalancer addresses; bring one up with vitrine up --lb-pool RANGE, or use type NodePort");
        }

        var usable = pools.Where(p => wish.Pool.Length == 0 || p.Name == wish.Pool).ToArray();
        if (usable.Length == 0)
        {
            return new([], $"annotation {BalancerWish.PoolAnnotation}: there is no pool \"{wish.Pool}\"; there are: {string.Join(", ", pools.Select(p => p.Name).Distinct())}");
        }

        var had = Current(service);
        var (chosen, why) = (new List<IPAddress>(), (string?)null);
        foreach (var family in wish.Families)
        {
            var asked = wish.Addresses.FirstOrDefault(a => a.AddressFamily == family);
            var (address, missing) = asked is not null
                ? Asked(asked, usable, taken)
                : Any(family, had.FirstOrDefault(a => a.AddressFamily == family), usable, taken);
            why ??= address is null && (asked is not null || wish.Needed > 1 || wish.Families.Count == 1) ? missing : null;
            if (address is not null)
            {
                chosen.Add(address);
            }
            else if (why is null && chosen.Count == 0 && family == wish.Families[^1])
            {
                why = missing;
            }
        }

        return why is null ? new(chosen, null) : new([], why);
    }

    /// <summary>What its status says it has.</summary>
    public static IReadOnlyList<IPAddress> Current(V1Service service) =>
        [.. (service.Status?.LoadBalancer?.Ingress ?? []).Select(i => IPAddress.TryParse(i.Ip, out var address) ? address : null).OfType<IPAddress>()];

    private static (IPAddress? Address, string? Missing) Asked(IPAddress asked, AddressPool[] usable, IReadOnlyDictionary<IPAddress, string> taken)
    {
        if (!usable.Any(p => p.Contains(asked)))
        {
            return (null, $"the address {asked} is in no pool; ask for one of {Ranges(usable.Where(p => p.Family == asked.AddressFamily))}");
        }

        return taken.TryGetValue(asked, out var owner) ? (null, $"the address {asked} is {owner}'s already; ask for another, or for none in particular") : (asked, null);
    }

    private static (IPAddress? Address, string? Missing) Any(AddressFamily family, IPAddress? had, AddressPool[] usable, IReadOnlyDictionary<IPAddress, string> taken)
    {
        var own = usable.Where(p => p.Family == family).ToArray();
        if (had is not null && own.Any(p => p.Contains(had)) && !taken.ContainsKey(had))
        {
            return (had, null);
        }

        foreach (var pool in own)
        {
            // No more than are taken can be in the way.
            for (UInt128 n = 0; n < pool.Size && n <= (UInt128)taken.Count; n++)
            {
                if (!taken.ContainsKey(pool.At(n)))
                {
                    return (pool.At(n), null);
                }
            }
        }

        var name = family == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4";
        return (null, own.Length == 0
            ? $"no pool has {name} addresses; the pools are {Ranges(usable)}"
            : $"no {name} address is free in {Ranges(own)}; delete a LoadBalancer Service, or bring a cluster up with a larger --lb-pool");
    }

    private static string Ranges(IEnumerable<AddressPool> pools) => string.Join(", ", pools);
}
