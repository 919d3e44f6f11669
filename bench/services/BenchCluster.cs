using System.Collections.Immutable;
using System.Net;
using Vitrine.Model.Snapshot;

namespace Vitrine.Bench.Services;

/// <summary>A cluster of so many Services with two endpoints each; Service 0 leads to the bench's server.</summary>
internal static class BenchCluster
{
    internal const int Port = 80, TargetPort = 8080;
    internal static readonly IPAddress Server = IPAddress.Parse("10.244.1.2"), Client = IPAddress.Parse("10.244.1.3");

    internal static IPAddress Vip(int i) => new([10, (byte)(100 + i / 62500), (byte)(i / 250 % 250), (byte)(1 + i % 250)]);

    internal static IPAddress[] Backends(int i) => i == 0 ? [Server] : [new([10, (byte)(200 + i / 62500), (byte)(i / 250 % 250), (byte)(1 + i % 250)]), new([10, (byte)(210 + i / 62500), (byte)(i / 250 % 250), (byte)(1 + i % 250)])];

    internal static ClusterSnapshot Snapshot(int services)
    {
        var all = ImmutableDictionary.CreateBuilder<string, Service>();
        var slices = ImmutableDictionary.CreateBuilder<string, ImmutableDictionary<string, EndpointSlice>>();
        for (var i = 0; i < services; i++)
        {
            var name = $"service-{i}";
            all[$"default/{name}"] = new Service { Namespace = "default", Name = name, Uid = name, ClusterIPs = [Vip(i)], Ports = [new ServicePort("", "TCP", Port, $"{TargetPort}", 0)] };
            slices[$"default/{name}"] = ImmutableDictionary<string, EndpointSlice>.Empty.Add($"{name}-abcde", Slice(name, Backends(i)));
        }
        return new ClusterSnapshot
        {
            Services = all.ToImmutable(), EndpointSlices = slices.ToImmutable(),
            Nodes = ImmutableDictionary<string, Node>.Empty.Add("node-1", new Node { Name = "node-1", Uid = "", Ready = true, Allocatable = default, PodCidrs = [IPNetwork.Parse("10.244.1.0/24")] }),
        };
    }

    internal static EndpointSlice Slice(string service, IPAddress[] backends, int port = TargetPort) => new()
    {
        Namespace = "default", Name = $"{service}-abcde", ServiceName = service, Ports = [new EndpointPort("", "TCP", port)],
        Endpoints = [.. backends.Select((b, i) => new Endpoint { Address = b, NodeName = $"node-{i + 2}", Pod = $"default/{service}-{i}" })],
    };
}
