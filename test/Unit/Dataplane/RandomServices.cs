using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Model.Snapshot;

namespace Vitrine.Unit.Dataplane;

/// <summary>A cluster that changes at random: few names and addresses, so that they meet.</summary>
internal sealed class RandomServices(int seed)
{
    private readonly Random random = new(seed);

    public ClusterSnapshot Snapshot { get; private set; } = new()
    {
        Nodes = new[] { 1, 2 }.Select(i => new Node
        {
            Name = $"node-{i}", Uid = "", Ready = true, Allocatable = default, PodCidrs = [IPNetwork.Parse($"10.244.{i}.0/24"), IPNetwork.Parse($"fd00:244:0:{i}::/64")],
        }).ToImmutableDictionary(n => n.Name),
    };

    /// <summary>One step; the Service it touches.</summary>
    public string Step()
    {
        var i = random.Next(6);
        var key = $"default/s{i}";
        Snapshot = random.Next(8) switch
        {
            0 => Snapshot with { Services = Snapshot.Services.Remove(key) },
            1 or 2 or 3 => Snapshot with { Services = Snapshot.Services.SetItem(key, Service(i)) },
            4 when Snapshot.SlicesOf(key).Values.FirstOrDefault() is { } slice => Snapshot.Without(slice),
            _ => Snapshot.With(Slice(i)),
        };
        return key;
    }

    private Service Service(int i) => new()
    {
        Namespace = "default", Name = $"s{i}", Uid = $"s{i}", Type = ServiceType.LoadBalancer,
        ClusterIPs = [IPAddress.Parse($"10.96.0.{i}"), IPAddress.Parse($"fd00:96::{i}")],
        Ports = [.. new[] { ("a", "TCP"), ("b", "UDP"), ("c", "SCTP") }.Take(1 + random.Next(3)).Select((p, n) => new ServicePort(p.Item1, p.Item2, 80 + n, "", random.Next(2) * (30000 + random.Next(4))))],
        LoadBalancerAddresses = random.Next(2) == 0 ? [] : [IPAddress.Parse($"10.0.1.{random.Next(3)}")],
        LoadBalancerSourceRanges = random.Next(3) == 0 ? [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse($"10.{random.Next(3)}.0.0/16")] : [],
        AffinitySeconds = random.Next(3) * 100,
        ExternalLocal = random.Next(2) == 0,
        InternalLocal = random.Next(3) == 0,
    };

    private EndpointSlice Slice(int i)
    {
        var family = random.Next(2) == 0 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        return new EndpointSlice
        {
            Namespace = "default", Name = $"s{i}-{family}", ServiceName = $"s{i}", Family = family, Ports = [new EndpointPort("a", "TCP", 8080), new EndpointPort("b", "UDP", 53), new EndpointPort("c", "SCTP", 99)],
            Endpoints = [.. Enumerable.Range(2, random.Next(6)).Where(_ => random.Next(4) > 0).Select(n => new Endpoint
            {
                Address = IPAddress.Parse(family == AddressFamily.InterNetwork ? $"10.244.{1 + n % 2}.{n}" : $"fd00:244:0:{1 + n % 2}::{n}"), NodeName = $"node-{1 + n % 2}", Ready = random.Next(4) > 0,
            })],
        };
    }
}
