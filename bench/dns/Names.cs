using System.Collections.Immutable;
using System.Net;
using Vitrine.Model.Snapshot;

namespace Vitrine.Bench.Dns;

/// <summary>The records all contenders have: Services s0 … of a hundred namespaces, an address each.</summary>
internal static class Names
{
    internal const string Zone = "cluster.local";

    internal static readonly IPAddress[] Listen = [IPAddress.Parse("127.0.53.1"), IPAddress.Parse("127.0.53.2"), IPAddress.Parse("127.0.53.3"), IPAddress.Parse("127.0.53.4")];

    internal static string Name(int index) => $"s{index}.n{index % 100}.svc.{Zone}";

    internal static IPAddress Address(int index) => new([10, 97, (byte)(index >> 8), (byte)index]);

    internal static Service Service(int index, IPAddress address) => new()
    {
        Namespace = $"n{index % 100}", Name = $"s{index}", Uid = $"{index}", ClusterIPs = [address], Ports = [new ServicePort("http", "TCP", 80, "8080", 0)],
    };

    /// <summary>With two endpoints each, as the numbers of Services are counted.</summary>
    internal static ClusterSnapshot Snapshot(int count) => new()
    {
        Services = Enumerable.Range(0, count).Select(i => Service(i, Address(i))).ToImmutableDictionary(s => s.Key),
        Namespaces = Enumerable.Range(0, 100).ToImmutableDictionary(i => $"n{i}", i => new Namespace($"n{i}", "", false)),
        EndpointSlices = Enumerable.Range(0, count).ToImmutableDictionary(i => $"n{i % 100}/s{i}", i => ImmutableDictionary<string, EndpointSlice>.Empty.Add("a", new EndpointSlice
        {
            Namespace = $"n{i % 100}", Name = "a", ServiceName = $"s{i}", Ports = [new EndpointPort("http", "TCP", 8080)],
            Endpoints = [new Endpoint { Address = Address(i) }, new Endpoint { Address = Address(i + 1) }],
        })),
    };
}
