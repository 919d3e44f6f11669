using System.Collections.Immutable;
using System.Net;
using System.Runtime.CompilerServices;
using CsCheck;
using k8s;
using k8s.Models;
using Vitrine.ApiServer.Objects;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Services;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Unit.Model;

/// <summary>Golden/ServicePlan/CASE: in.yaml holds nodes, Services and slices; want.txt the plans of node-1 and node-2. External addresses in 198.51.100.0/24 and 10.96.0.0/16 are allowed.</summary>
public sealed class ServicePlanTests
{
    private static readonly ServiceRules Rules = new() { ExternalIPs = [IPNetwork.Parse("198.51.100.0/24"), IPNetwork.Parse("10.96.0.0/16")] };

    public static TheoryData<string> Cases => [.. Directory.GetDirectories(Folder()).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_plan_is_as_written_down(string name)
    {
        var folder = Path.Combine(Folder(), name);
        var snapshot = Read(File.ReadAllText(Path.Combine(folder, "in.yaml")));
        var got = string.Join('\n', new[] { "node-1", "node-2" }.Select(n => ServicePlan.Compile(snapshot, n, Rules).ToString()));
        var want = Path.Combine(folder, "want.txt");
        if (Environment.GetEnvironmentVariable("VITRINE_WRITE_GOLDEN") == "1")
            File.WriteAllText(want, got);
        Assert.Equal(File.ReadAllText(want), got);
    }

    [Fact]
    public void Only_what_changed_is_compiled_again()
    {
        var snapshot = Town(3);
        var first = ServicePlan.Compile(snapshot, "node-1", Rules);
        var next = snapshot with { Services = snapshot.Services.SetItem("default/s1", snapshot.Services["default/s1"] with { AffinitySeconds = 7 }) };
        foreach (var second in new[] { ServicePlan.Compile(next, "node-1", Rules, first), ServicePlan.Compile(next, "node-1", Rules, first, new HashSet<string> { "default/s1" }) })
        {
            Assert.Same(first.Services["default/s0"], second.Services["default/s0"]);
            Assert.NotSame(first.Services["default/s1"], second.Services["default/s1"]);
            Assert.Equal(ServicePlan.Compile(next, "node-1", Rules).ToString(), second.ToString());
        }
    }

    /// <summary>However a cluster came to be what it is, the plan is the one of the cluster.</summary>
    [Fact]
    public void A_plan_made_step_by_step_is_the_plan_made_at_once() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 5], Gen.Int[0, 3]).Array[1, 30].Sample(steps =>
        {
            var snapshot = Town(0);
            ServicePlan? plan = null;
            foreach (var (which, what, number) in steps)
            {
                var key = $"default/s{which}";
                snapshot = what switch
                {
                    0 => snapshot with { Services = snapshot.Services.Remove(key) },
                    1 => snapshot with { Services = snapshot.Services.SetItem(key, Service(which) with { ExternalIPs = [IPAddress.Parse($"10.96.0.{number}")] }) },
                    2 => snapshot with { Services = snapshot.Services.SetItem(key, Service(which) with { Type = ServiceType.LoadBalancer, LoadBalancerAddresses = [IPAddress.Parse($"198.51.100.{number}")], ExternalLocal = number == 1, HealthCheckNodePort = number }) },
                    3 => snapshot.With(Slice(which, number)),
                    4 => snapshot.Without(Slice(which, 0)),
                    _ => snapshot with { Services = snapshot.Services.SetItem(key, Service(which)) },
                };
                plan = ServicePlan.Compile(snapshot, "node-1", Rules, plan, plan is null ? null : new HashSet<string> { key });
                Assert.Equal(ServicePlan.Compile(snapshot, "node-1", Rules).ToString(), plan.ToString());
            }
        });

    [Fact]
    public void Exactly_one_node_answers_for_an_address_and_only_its_own_addresses_move_when_it_goes()
    {
        var snapshot = Town(0) with { Nodes = Enumerable.Range(1, 5).Select(Node).ToImmutableDictionary(n => n.Name) };
        for (var i = 0; i < 40; i++)
            snapshot = snapshot with { Services = snapshot.Services.Add($"default/s{i}", Service(i) with { Type = ServiceType.LoadBalancer, LoadBalancerAddresses = [IPAddress.Parse($"198.51.100.{i}")] }) };
        var held = Holders(snapshot);
        Assert.Equal(40, held.Count);
        Assert.Equal(5, held.Values.Distinct().Count());
        var without = Holders(snapshot with { Nodes = snapshot.Nodes.SetItem("node-3", snapshot.Nodes["node-3"] with { Ready = false }) });
        Assert.Equal(40, without.Count);
        Assert.All(held, h => Assert.True(h.Value == "node-3" ? without[h.Key] != "node-3" : without[h.Key] == h.Value));

        static Dictionary<IPAddress, string> Holders(ClusterSnapshot of) =>
            of.Nodes.Keys.SelectMany(n => ServicePlan.Compile(of, n, Rules).Announced.Select(a => (Address: a, Node: n))).ToDictionary(a => a.Address, a => a.Node);
    }

    private static ClusterSnapshot Town(int services)
    {
        var snapshot = new ClusterSnapshot { Nodes = new[] { Node(1), Node(2) }.ToImmutableDictionary(n => n.Name) };
        for (var i = 0; i < services; i++)
            snapshot = (snapshot with { Services = snapshot.Services.Add($"default/s{i}", Service(i)) }).With(Slice(i, 2));
        return snapshot;
    }

    private static Node Node(int i) => new() { Name = $"node-{i}", Uid = "", Ready = true, Allocatable = default, PodCidrs = [IPNetwork.Parse($"10.244.{i}.0/24")] };

    private static Service Service(int i) => new() { Namespace = "default", Name = $"s{i}", Uid = $"s{i}", ClusterIPs = [IPAddress.Parse($"10.96.0.{i}")], Ports = [new ServicePort("", "TCP", 80, "80", 0)] };

    private static EndpointSlice Slice(int i, int endpoints) => new()
    {
        Namespace = "default", Name = $"s{i}-a", ServiceName = $"s{i}", Ports = [new EndpointPort("", "TCP", 8080)],
        Endpoints = [.. Enumerable.Range(1, endpoints).Select(n => new Endpoint { Address = IPAddress.Parse($"10.244.{n}.{i + 1}"), NodeName = $"node-{n}" })],
    };

    internal static ClusterSnapshot Read(string yaml)
    {
        var snapshot = ClusterSnapshot.Empty;
        foreach (var json in yaml.Split("---\n").Select(d => YamlTree.Parse(d, [])!.ToJsonString()))
        {
            var kind = KubernetesJson.Deserialize<V1Node>(json).Kind;
            if (kind == "Node" && SnapshotReader.Read(KubernetesJson.Deserialize<V1Node>(json)) is var node)
                snapshot = snapshot with { Nodes = snapshot.Nodes.Add(node.Name, node) };
            else if (kind == "Service" && ServiceReader.Read(KubernetesJson.Deserialize<V1Service>(json)) is var service)
                snapshot = snapshot with { Services = snapshot.Services.Add(service.Key, service) };
            else if (ServiceReader.Read(KubernetesJson.Deserialize<V1EndpointSlice>(json)) is { } slice)
                snapshot = snapshot.With(slice);
        }
        return snapshot;
    }

    internal static string Folder([CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "Golden", "ServicePlan");
}
