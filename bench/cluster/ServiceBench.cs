using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;

namespace Vitrine.Bench.Cluster;

/// <summary>How long after a write to the API packets and names follow, at so many Services.</summary>
internal sealed class ServiceBench(ClusterClient client, NodeProbe probe, string node, IPAddress dns)
{
    private const string Services = "api/v1/namespaces/default/services", Slices = "apis/discovery.k8s.io/v1/namespaces/default/endpointslices";
    private const int First = 18080, Second = 18081;

    /// <summary>Services without selectors, with two endpoints each that nobody calls.</summary>
    internal Task FillAsync(int services)
    {
        probe.Serve(First);
        probe.Serve(Second);
        return Parallel.ForEachAsync(Enumerable.Range(0, services), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) =>
        {
            var at = $"{i >> 8 & 0xff}.{i & 0xff}";
            await client.WriteAsync(HttpMethod.Post, Services, Service($"filler-{i}"));
            await client.WriteAsync(HttpMethod.Post, Slices, Slice($"filler-{i}", $"10.250.{at}", $"10.251.{at}", 8080));
        });
    }

    /// <summary>Milliseconds from the write's start until connections go to the endpoint's new port.</summary>
    internal async Task<List<double>> EndpointsAsync(int changes)
    {
        var address = await CreateAsync("moved");
        await client.WriteAsync(HttpMethod.Post, Slices, Slice("moved", node, null, First));
        probe.Await(address, 80, unchecked((byte)First));
        var times = new List<double>();
        for (var i = 0; i < changes; i++)
        {
            var port = i % 2 == 0 ? Second : First;
            var start = Stopwatch.GetTimestamp();
            var write = client.WriteAsync(HttpMethod.Put, $"{Slices}/moved", Slice("moved", node, null, port));
            probe.Await(address, 80, unchecked((byte)port));
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            await write;
        }
        return times;
    }

    /// <summary>Milliseconds from the start of a Service's write until its name is answered, and from that of its slice's until a connection is.</summary>
    internal async Task<(List<double> Names, List<double> Connections)> AddedAsync(string prefix, int changes)
    {
        var (names, connections) = (new List<double>(), new List<double>());
        for (var i = 0; i < changes; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var write = CreateAsync($"{prefix}-{i}");
            probe.AwaitName(dns, $"{prefix}-{i}.default.svc.cluster.local");
            names.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            var address = await write;
            start = Stopwatch.GetTimestamp();
            var slice = client.WriteAsync(HttpMethod.Post, Slices, Slice($"{prefix}-{i}", node, null, First));
            probe.Await(address, 80, unchecked((byte)First));
            connections.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            await slice;
        }
        return (names, connections);
    }

    private async Task<IPAddress> CreateAsync(string name) => IPAddress.Parse(JsonNode.Parse(await client.WriteAsync(HttpMethod.Post, Services, Service(name)))!["spec"]!["clusterIP"]!.GetValue<string>());

    private static string Service(string name) => $$$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"{{{name}}}"},"spec":{"ipFamilyPolicy":"SingleStack","ports":[{"port":80}]}}""";

    private static string Slice(string service, string first, string? second, int port) => $$$"""
        {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"{{{service}}}","labels":{"kubernetes.io/service-name":"{{{service}}}"}},
        "addressType":"IPv4","ports":[{"name":"","port":{{{port}}},"protocol":"TCP"}],"endpoints":[{"addresses":["{{{first}}}"]}{{{(second is null ? "" : $$$""",{"addresses":["{{{second}}}"]}""")}}}]}
        """;
}
