using System.Net;
using k8s;
using k8s.Models;
using Vitrine.Control;
using Vitrine.Control.Gateways;
using Vitrine.Model.Snapshot;
using Vitrine.Model.Watching;
using Xunit;

namespace Vitrine.Unit.Control.Gateways;

/// <summary>Doors on an API that has Endpoints alone, and the nodes they lead to.</summary>
public sealed class GatewayEndpointsTests
{
    private static readonly GatewayEntry Entry = new("kube-system", "door", [("http", 80, 10080), ("https", 443, 10443)]);
    private static readonly V1Service Service = new() { Metadata = new V1ObjectMeta { Uid = "u" }, Spec = new V1ServiceSpec() };

    [Fact]
    public void Ready_nodes_are_written_with_the_proxys_ports_and_no_others()
    {
        var subset = Assert.Single(GatewayEndpoints.Of(Entry, Service, [Node("b", "192.0.2.2", ready: false), Node("a", "192.0.2.1")]).Subsets);
        Assert.Equal("192.0.2.1 a", Assert.Single(subset.Addresses) is var up ? $"{up.Ip} {up.NodeName}" : "");
        Assert.Null(subset.NotReadyAddresses);
        Assert.Equal([("http", 10080), ("https", 10443)], subset.Ports.Select(p => (p.Name, p.Port)));
        Assert.Null(GatewayEndpoints.Of(Entry, Service, [Node("b", "192.0.2.2", ready: false)]).Subsets);
    }

    [Fact]
    public void Without_nodes_there_is_no_subset() => Assert.Null(GatewayEndpoints.Of(Entry, Service, []).Subsets);

    [Fact]
    public void Nodes_without_an_address_of_the_Services_family_are_left_out() =>
        Assert.Null(GatewayEndpoints.Of(Entry, new V1Service { Metadata = Service.Metadata, Spec = new V1ServiceSpec { IpFamilies = ["IPv6"] } }, [Node("a", "192.0.2.1")]).Subsets);

    [Fact]
    public void The_order_of_the_API_is_no_difference_and_readiness_is()
    {
        var wanted = GatewayEndpoints.Of(Entry, Service, [Node("a", "192.0.2.1"), Node("b", "192.0.2.2")]);
        var there = KubernetesJson.Deserialize<V1Endpoints>(KubernetesJson.Serialize(wanted));
        there.Subsets[0].Addresses = [.. there.Subsets[0].Addresses.Reverse()];
        there.Subsets[0].Ports = [.. there.Subsets[0].Ports.Reverse()];
        Assert.True(GatewayEndpoints.Same(there, wanted));
        Assert.False(GatewayEndpoints.Same(there, GatewayEndpoints.Of(Entry, Service, [Node("a", "192.0.2.1"), Node("b", "192.0.2.2", ready: false)])));
    }

    [Fact]
    public void Where_proxies_are_pods_a_door_leads_to_nodes_that_have_a_ready_one()
    {
        var ending = Make.Pod("ending", node: "c");
        ending.Metadata.DeletionTimestamp = Make.Now;
        // An agent that was killed: the pod is not ready, the proxy in it serves.
        var restarting = Make.Pod("restarting", node: "e", ready: false);
        restarting.Status.ContainerStatuses = [new V1ContainerStatus { Name = "vitrine", Ready = false }, new V1ContainerStatus { Name = "gateway", Ready = true }];
        var starting = Make.Pod("starting", node: "f");
        starting.Status.ContainerStatuses = [new V1ContainerStatus { Name = "gateway", Ready = false }];
        var pods = new[] { Make.Pod("up", node: "a"), Make.Pod("down", node: "b", ready: false), ending, restarting, starting };
        var snapshot = ControlSnapshot.Empty with
        {
            Cluster = ClusterSnapshot.Empty with { Nodes = new[] { "a", "b", "c", "d", "e", "f" }.Select(n => Node(n, "192.0.2.1")).Aggregate(ClusterSnapshot.Empty.Nodes, (all, n) => all.Add(n.Name, n)) },
            Proxies = ObjectSet<V1Pod>.Empty.Apply(new WatchChange<V1Pod>(WatchChangeKind.Replaced, pods)),
        };
        Assert.Equal(["a True", "b False", "c False", "e True", "f False"], ProxyNodes.Of(snapshot).Select(n => $"{n.Name} {n.Ready}").Order());
        Assert.Equal(6, ProxyNodes.Of(snapshot with { Proxies = null }).Count(n => n.Ready));

        // A control plane that sees all workloads finds them by the DaemonSet.
        V1DaemonSet Set(string container) => new()
        {
            Metadata = new V1ObjectMeta { Name = "vitrine", NamespaceProperty = "kube-system", Uid = "set", Labels = new Dictionary<string, string> { ["app.kubernetes.io/name"] = "vitrine" } },
            Spec = new V1DaemonSetSpec { Template = new V1PodTemplateSpec { Spec = new V1PodSpec { Containers = [new V1Container { Name = container }] } } },
        };
        foreach (var pod in pods.Where(p => p.Metadata.Name != "down"))
            pod.Metadata.OwnerReferences = [new V1OwnerReference { ApiVersion = "apps/v1", Kind = "DaemonSet", Name = "vitrine", Uid = "set", Controller = true }];
        var whole = snapshot with { Proxies = null, Pods = ObjectSet<V1Pod>.Empty.Apply(new WatchChange<V1Pod>(WatchChangeKind.Replaced, pods)) };
        Assert.Equal(["a True", "c False", "e True", "f False"], ProxyNodes.Of(whole with { DaemonSets = ObjectSet<V1DaemonSet>.Empty.With(Set("gateway")) }).Select(n => $"{n.Name} {n.Ready}").Order());
        Assert.Equal(6, ProxyNodes.Of(whole with { DaemonSets = ObjectSet<V1DaemonSet>.Empty.With(Set("clean")) }).Count(n => n.Ready));
    }

    private static Node Node(string name, string address, bool ready = true) => new() { Name = name, Uid = name, Ready = ready, Addresses = [IPAddress.Parse(address)], Allocatable = default };
}
