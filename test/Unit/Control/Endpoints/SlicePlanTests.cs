using k8s.Models;
using Vitrine.Control.Endpoints;
using Xunit;

namespace Vitrine.Unit.Control.Endpoints;

public sealed class SlicePlanTests
{
    private static readonly Dictionary<string, EndpointNode> Nodes = new()
    {
        ["n1"] = new EndpointNode("n1", "a", 4000, true, false),
        ["n2"] = new EndpointNode("n2", "b", 4000, true, false),
    };

    [Fact]
    public void Each_family_has_its_slices_and_they_belong_to_the_Service()
    {
        var plan = SlicePlan.Compile(Service(families: ["IPv4", "IPv6"]), [Pod(1), Pod(2)], Nodes, []);
        Assert.Equal(["IPv4", "IPv6"], plan.Create.Select(s => s.AddressType));
        Assert.All(plan.Create, s =>
        {
            Assert.Equal(2, s.Endpoints.Count);
            Assert.Equal("web-", s.Metadata.GenerateName);
            Assert.Equal("web", s.Metadata.Labels["kubernetes.io/service-name"]);
            Assert.Equal("endpointslice-controller.k8s.io", s.Metadata.Labels["endpointslice.kubernetes.io/managed-by"]);
            Assert.Equal(("Service", "uid-web", true), (s.Metadata.OwnerReferences[0].Kind, s.Metadata.OwnerReferences[0].Uid, s.Metadata.OwnerReferences[0].Controller));
        });
        var endpoint = plan.Create[1].Endpoints[0];
        Assert.Equal(["fd00::1"], endpoint.Addresses);
        Assert.Equal(("n1", "a", "p1", "uid-p1"), (endpoint.NodeName, endpoint.Zone, endpoint.TargetRef.Name, endpoint.TargetRef.Uid));
    }

    [Fact]
    public void Conditions_say_ready_serving_terminating()
    {
        Assert.Equal((true, true, false), Conditions(Pod(1)));
        Assert.Equal((false, false, false), Conditions(Pod(1) with { Ready = false }));
        Assert.Equal((false, true, true), Conditions(Pod(1) with { Terminating = true }));
        Assert.Equal((false, false, true), Conditions(Pod(1) with { Terminating = true, Ready = false }));
        Assert.Equal((true, false, false), Conditions(Pod(1) with { Ready = false }, s => s.Spec.PublishNotReadyAddresses = true));

        static (bool?, bool?, bool?) Conditions(EndpointPod pod, Action<V1Service>? change = null)
        {
            var c = Only(SlicePlan.Compile(Service(change), [pod], Nodes, [])).Endpoints.Single().Conditions;
            return (c.Ready, c.Serving, c.Terminating);
        }
    }

    [Fact]
    public void What_has_ended_or_has_no_address_or_no_node_is_no_endpoint()
    {
        Assert.Empty(Only(SlicePlan.Compile(Service(), [Pod(1) with { Finished = true }, Pod(2) with { Addresses = [] }, Pod(3) with { NodeName = "gone" }], Nodes, [])).Endpoints);
        Assert.Single(Only(SlicePlan.Compile(Service(s => s.Spec.PublishNotReadyAddresses = true), [Pod(3) with { NodeName = "gone" }], Nodes, [])).Endpoints);
    }

    [Fact]
    public void Without_endpoints_there_is_an_empty_slice_that_is_filled_later()
    {
        var empty = Stored(Only(SlicePlan.Compile(Service(), [], Nodes, [])), "web-1");
        Assert.Empty(empty.Ports);
        Assert.True(SlicePlan.Compile(Service(), [], Nodes, [empty]).IsEmpty);
        var filled = SlicePlan.Compile(Service(), [Pod(1)], Nodes, [empty]);
        Assert.Empty(filled.Create);
        Assert.Equal("web-1", filled.Update.Single().Metadata.Name);
        var emptied = SlicePlan.Compile(Service(), [], Nodes, [Stored(filled.Update[0], "web-1")]);
        Assert.Empty(emptied.Update.Single().Endpoints);
    }

    [Fact]
    public void A_named_port_that_differs_from_pod_to_pod_makes_slices_of_its_own()
    {
        var plan = SlicePlan.Compile(
            Service(s => s.Spec.Ports = [new V1ServicePort { Name = "web", Port = 80, TargetPort = "http" }, new V1ServicePort { Name = "fixed", Port = 81, TargetPort = 8081 }]),
            [Pod(1) with { NamedPorts = [("http", "TCP", 8080)] }, Pod(2) with { NamedPorts = [("http", "TCP", 9090)] }, Pod(3) with { NamedPorts = [("http", "UDP", 1)] }],
            Nodes, []);
        Assert.Equal(["fixed:8081 web:8080", "fixed:8081 web:9090", "fixed:8081"], plan.Create.Select(s => string.Join(' ', s.Ports.Select(p => $"{p.Name}:{p.Port}").Order())));
    }

    [Fact]
    public void One_change_is_one_write()
    {
        var slices = Stored(SlicePlan.Compile(Service(), Pods(250), Nodes, []).Create);
        Assert.Equal([100, 100, 50], slices.Select(s => s.Endpoints.Count));
        Assert.True(SlicePlan.Compile(Service(), Pods(250), Nodes, slices).IsEmpty);

        var pods = Pods(250);
        pods[120] = pods[120] with { Ready = false };
        var unready = SlicePlan.Compile(Service(), pods, Nodes, slices);
        Assert.Equal((0, 1, 0), (unready.Create.Count, unready.Update.Count, unready.Delete.Count));
        Assert.Equal(100, unready.Update[0].Endpoints.Count);

        var replaced = SlicePlan.Compile(Service(), [.. Pods(250).Where((_, i) => i != 5), Pod(999)], Nodes, slices);
        Assert.Equal(slices.Single(s => s.Endpoints.Any(e => e.TargetRef.Name == "p6")).Metadata.Name, replaced.Update.Single().Metadata.Name);

        var grown = SlicePlan.Compile(Service(), Pods(300), Nodes, slices);
        Assert.Equal((0, 1), (grown.Create.Count, grown.Update.Count));
        Assert.Equal(100, grown.Update[0].Endpoints.Count);
        Assert.Single(SlicePlan.Compile(Service(), Pods(301), Nodes, slices).Create);
    }

    [Fact]
    public void A_slice_nobody_is_left_in_goes()
    {
        var slices = Stored(SlicePlan.Compile(Service(), Pods(150), Nodes, []).Create);
        var left = SlicePlan.Compile(Service(), [.. Pods(150).Where(p => slices[1].Endpoints.Any(e => e.TargetRef.Name == p.Name))], Nodes, slices);
        Assert.Equal(slices[0].Metadata.Name, left.Delete.Single().Metadata.Name);
        Assert.Empty(left.Update);
    }

    [Fact]
    public void Headless_Services_are_marked_and_name_their_pods()
    {
        var slice = Only(SlicePlan.Compile(
            Service(s => (s.Spec.ClusterIP, s.Spec.Ports) = ("None", null)),
            [Pod(1) with { Hostname = "db-0", Subdomain = "web" }, Pod(2) with { Hostname = "db-1", Subdomain = "other" }], Nodes, []));
        Assert.Equal("", slice.Metadata.Labels["service.kubernetes.io/headless"]);
        Assert.Empty(slice.Ports);
        Assert.Equal(["db-0", null], slice.Endpoints.Select(e => e.Hostname));
    }

    [Fact]
    public void Labels_follow_the_Service()
    {
        var slice = Stored(Only(SlicePlan.Compile(Service(), [Pod(1)], Nodes, [])), "web-1");
        var relabelled = SlicePlan.Compile(Service(s => s.Metadata.Labels = new Dictionary<string, string> { ["team"] = "blue", ["kubernetes.io/service-name"] = "lie" }), [Pod(1)], Nodes, [slice]).Update.Single();
        Assert.Equal(("blue", "web"), (relabelled.Metadata.Labels["team"], relabelled.Metadata.Labels["kubernetes.io/service-name"]));
    }

    [Fact]
    public void A_family_that_is_given_up_takes_its_slices_along()
    {
        var slices = Stored(SlicePlan.Compile(Service(families: ["IPv4", "IPv6"]), [Pod(1)], Nodes, []).Create);
        Assert.Equal("IPv6", SlicePlan.Compile(Service(), [Pod(1)], Nodes, slices).Delete.Single().AddressType);
    }

    [Theory]
    [InlineData("PreferClose", "a", null)]
    [InlineData("PreferSameZone", "a", null)]
    [InlineData("PreferSameNode", "a", "n1")]
    [InlineData(null, null, null)]
    public void Hints_of_a_traffic_distribution(string? distribution, string? zone, string? node)
    {
        var endpoints = Only(SlicePlan.Compile(Service(s => s.Spec.TrafficDistribution = distribution), [Pod(1), Pod(2) with { Ready = false }], Nodes, [])).Endpoints;
        Assert.Equal((zone, node), (endpoints[0].Hints?.ForZones?[0].Name, endpoints[0].Hints?.ForNodes?[0].Name));
        Assert.Null(endpoints[1].Hints);
    }

    [Fact]
    public void Topology_mode_shares_endpoints_out_by_cpu()
    {
        Action<V1Service> auto = s => s.Metadata.Annotations = new Dictionary<string, string> { ["service.kubernetes.io/topology-mode"] = "Auto" };
        var all = Enumerable.Range(1, 6).Select(i => Pod(i) with { NodeName = "n1" }).ToArray();
        var zones = Only(SlicePlan.Compile(Service(auto), all, Nodes, [])).Endpoints.Select(e => e.Hints.ForZones[0].Name).ToArray();
        Assert.Equal(3, zones.Count(z => z == "b"));
        Assert.Null(Only(SlicePlan.Compile(Service(auto), all[..1], Nodes, [])).Endpoints[0].Hints);
        var unknown = new Dictionary<string, EndpointNode>(Nodes) { ["n3"] = new("n3", "", 1000, true, false) };
        Assert.All(Only(SlicePlan.Compile(Service(auto), all, unknown, [])).Endpoints, e => Assert.Null(e.Hints));
    }

    internal static V1Service Service(Action<V1Service>? change = null, string[]? families = null)
    {
        V1Service service = new()
        {
            Metadata = Make.Meta("web"),
            Spec = new V1ServiceSpec { ClusterIP = "10.96.0.20", IpFamilies = families ?? ["IPv4"], Selector = Make.Labels("a"), Ports = [new V1ServicePort { Port = 80, TargetPort = 8080, Protocol = "TCP" }] },
        };
        change?.Invoke(service);
        return service;
    }

    internal static EndpointPod Pod(int n) => new()
    {
        Namespace = "default", Name = $"p{n}", Uid = $"uid-p{n}", Labels = Make.Labels("a"), NodeName = n % 2 == 0 ? "n2" : "n1", Ready = true, Addresses = [$"10.244.{n / 250}.{n % 250}", $"fd00::{n:x}"],
    };

    private static EndpointPod[] Pods(int count) => [.. Enumerable.Range(1, count).Select(Pod)];

    private static V1EndpointSlice Only(SliceChanges changes) => Assert.Single(changes.Create);

    private static V1EndpointSlice Stored(V1EndpointSlice slice, string name)
    {
        (slice.Metadata.Name, slice.Metadata.Uid, slice.Metadata.ResourceVersion) = (name, $"uid-{name}", "1");
        return slice;
    }

    private static V1EndpointSlice[] Stored(IReadOnlyList<V1EndpointSlice> slices) => [.. slices.Select((s, i) => Stored(s, $"web-{i}"))];
}
