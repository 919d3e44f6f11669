using System.Collections.Immutable;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Services;

/// <summary>The work of one compilation: Services that changed are taken out and put in again, the others stay.</summary>
internal sealed class ServicePlanner(ClusterSnapshot snapshot, Locality here, ServiceRules rules, ServicePlan? previous)
{
    private readonly ImmutableDictionary<string, PlannedService>.Builder services = (previous?.Services ?? ImmutableDictionary<string, PlannedService>.Empty).ToBuilder();
    private readonly ImmutableDictionary<FrontEndKey, ImmutableArray<string>>.Builder claims = (previous?.Claims ?? ImmutableDictionary<FrontEndKey, ImmutableArray<string>>.Empty).ToBuilder();

    private readonly ImmutableDictionary<string, PlannedService>.Builder loadBalancers = (previous?.LoadBalancers ?? ImmutableDictionary<string, PlannedService>.Empty).ToBuilder();

    internal ImmutableDictionary<string, PlannedService> LoadBalancers => loadBalancers.ToImmutable();

    private readonly ImmutableHashSet<FrontEndKey>.Builder contested = (previous?.Contested ?? []).ToBuilder();

    internal ImmutableHashSet<FrontEndKey> Contested => contested.ToImmutable();

    /// <summary>One of them is new, gone or another.</summary>
    internal bool TouchedLoadBalancers { get; private set; }

    internal ImmutableDictionary<string, PlannedService> Services => services.ToImmutable();

    internal ImmutableDictionary<FrontEndKey, ImmutableArray<string>> Claims => claims.ToImmutable();

    internal void UpdateAll()
    {
        foreach (var gone in services.Keys.Where(k => !snapshot.Services.ContainsKey(k)).ToArray())
            Update(gone);
        foreach (var key in snapshot.Services.Keys)
            Update(key);
    }

    internal void Update(IReadOnlySet<string> changed)
    {
        foreach (var key in changed)
            Update(key);
    }

    private void Update(string key)
    {
        var service = snapshot.Services.GetValueOrDefault(key);
        var slices = snapshot.SlicesOf(key);
        var held = services.GetValueOrDefault(key);
        if (held is not null && ReferenceEquals(held.Service, service) && ReferenceEquals(held.Slices, slices))
            return;
        var planned = service is null ? null : ServiceCompiler.Compile(service, slices, here, rules);
        // Endpoints come and go far more often than front ends.
        var same = held is not null && planned is not null && held.FrontEnds.Select(f => (f.FrontEnd.Key, f.FrontEnd.Kind)).SequenceEqual(planned.FrontEnds.Select(f => (f.FrontEnd.Key, f.FrontEnd.Kind)));
        if (!same && held is not null)
            foreach (var (_, frontEnd) in held.FrontEnds)
                Yield(frontEnd.Key, key);
        TouchedLoadBalancers |= loadBalancers.Remove(key);
        if (planned is not null && (!planned.Service.LoadBalancerAddresses.IsEmpty || planned.Health is not null))
        {
            loadBalancers[key] = planned;
            TouchedLoadBalancers = true;
        }
        if (planned is null)
            services.Remove(key);
        else
            services[key] = planned;
        if (!same && planned is not null)
        {
            ImmutableArray<string> alone = [key];
            foreach (var port in planned.Ports)
                foreach (var frontEnd in port.FrontEnds)
                    Claim(frontEnd.Key, key, alone);
        }
    }

    private void Claim(FrontEndKey frontEnd, string key, ImmutableArray<string> alone)
    {
        if (!claims.TryGetValue(frontEnd, out var others) || others.Remove(key) is { IsEmpty: true })
        {
            claims[frontEnd] = alone;
            return;
        }
        claims[frontEnd] = Order(frontEnd, others.Remove(key).Add(key));
        contested.Add(frontEnd);
    }

    private void Yield(FrontEndKey frontEnd, string key)
    {
        if (!claims.TryGetValue(frontEnd, out var all))
            return;
        var rest = all.Remove(key);
        if (rest.Length < 2)
            contested.Remove(frontEnd);
        if (rest.IsEmpty)
            claims.Remove(frontEnd);
        else
            claims[frontEnd] = rest;
    }

    /// <summary>By kind: nobody takes a ClusterIP away by writing it as an external address. Then by name, on all nodes alike.</summary>
    private ImmutableArray<string> Order(FrontEndKey key, ImmutableArray<string> who) =>
        [.. who.OrderBy(s => services[s].FrontEnds.First(f => f.FrontEnd.Key == key).FrontEnd.Kind).ThenBy(s => s, StringComparer.Ordinal)];
}
