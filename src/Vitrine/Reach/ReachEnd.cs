using System.Collections.Immutable;
using System.Net;
using Vitrine.Model.Plans.Policies;
using Vitrine.Model.Plans.Services;
using Vitrine.Model.Snapshot;

namespace Vitrine.Reach;

/// <summary>Pods that policies cannot tell apart but by their addresses, or somebody who is no pod.</summary>
/// <param name="Name">of the first of them, or what it is</param>
/// <param name="Namespace">empty for what has none</param>
/// <param name="Pods">namespace/name of each; empty for what is no pod</param>
/// <param name="Addresses">one for each pod</param>
/// <param name="Ports">declared; protocol 0 and port 0 where none is: whatever has no port of its own in a rule</param>
internal sealed record ReachEnd(string Name, string Namespace, ImmutableArray<string> Pods, ImmutableArray<IPAddress> Addresses, ImmutableArray<(byte Protocol, int Port)> Ports)
{
    /// <summary>RFC 5737: nobody has it, so that it stands for whoever is outside.</summary>
    public const string Outside = "203.0.113.1";
    private const int Most = 3;

    /// <summary>Shown: how many pods it is.</summary>
    public int Count { get; private init; } = 1;

    /// <summary>Every workload, what counts as a pod for policies, and the outside; by name.</summary>
    public static IReadOnlyList<ReachEnd> Of(ClusterSnapshot snapshot) =>
    [
        .. snapshot.Pods.Values.Where(p => p is { HostNetwork: false, Finished: false, NodeName: not null } && p.Addresses.Length > 0)
            .GroupBy(p => (p.Namespace, string.Join(',', LastingLabels.Of(p.Labels)), string.Join(',', p.Ports.Select(x => $"{x.Name}/{x.Protocol}/{x.Port}"))))
            .Select(g => Workload([.. g.OrderBy(p => p.Key, StringComparer.Ordinal)])).OrderBy(e => e.Name, StringComparer.Ordinal),
        .. snapshot.Services.Values.Where(StandIns.IsOne).OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => StandIn(snapshot, s)).Where(e => !e.Addresses.IsEmpty),
        new($"outside ({Outside})", "", [], [IPAddress.Parse(Outside)], []),
    ];

    private static ReachEnd Workload(Pod[] pods) => new(
        $"{pods[0].Key}{(pods.Length > 1 ? $" ×{pods.Length}" : "")}", pods[0].Namespace, [.. pods.Take(Most).Select(p => p.Key)], [.. pods.Take(Most).Select(p => p.Addresses[0])],
        [.. pods[0].Ports.Select(p => (ServiceProtocol.Number(p.Protocol), p.Port)).Distinct().Order().DefaultIfEmpty()])
    {
        Count = pods.Length,
    };

    /// <summary>The DNS is asked; the gateway asks.</summary>
    private static ReachEnd StandIn(ClusterSnapshot snapshot, Service service) => StandIns.IsDns(service)
        ? new($"service/{service.Key}", service.Namespace, [], [.. service.ClusterIPs.Take(1)], [.. service.Ports.Select(p => (ServiceProtocol.Number(p.Protocol), p.Port))])
        : new($"gateway service/{service.Key}", service.Namespace, [], [.. snapshot.Nodes.Values.OrderBy(n => n.Name, StringComparer.Ordinal).SelectMany(n => n.Addresses.Take(1)).Take(Most)], []);
}
