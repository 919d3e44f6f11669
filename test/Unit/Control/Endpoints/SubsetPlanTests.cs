using k8s.Models;
using Vitrine.Control.Endpoints;
using Xunit;
using static Vitrine.Unit.Control.Endpoints.SlicePlanTests;

namespace Vitrine.Unit.Control.Endpoints;

public sealed class SubsetPlanTests
{
    [Fact]
    public void Ready_and_not_ready_addresses_of_the_first_family()
    {
        var endpoints = SubsetPlan.Compile(Service(families: ["IPv6", "IPv4"]), [Pod(1), Pod(2) with { Ready = false }, Pod(3) with { Terminating = true }]);
        var subset = Assert.Single(endpoints.Subsets);
        Assert.Equal(["fd00::1"], subset.Addresses.Select(a => a.Ip));
        Assert.Equal(["fd00::2"], subset.NotReadyAddresses.Select(a => a.Ip));
        Assert.Equal([8080], subset.Ports.Select(p => p.Port));
        Assert.Equal("endpoint-controller", endpoints.Metadata.Labels["endpoints.kubernetes.io/managed-by"]);
    }

    [Fact]
    public void Unready_and_terminating_ones_are_published_on_demand()
    {
        var subset = Assert.Single(SubsetPlan.Compile(Service(s => s.Spec.PublishNotReadyAddresses = true), [Pod(1) with { Ready = false }, Pod(2) with { Terminating = true }]).Subsets);
        Assert.Equal(2, subset.Addresses.Count);
    }

    [Fact]
    public void No_more_than_a_thousand_and_the_ready_ones_first()
    {
        var pods = Enumerable.Range(1, 1500).Select(i => Pod(i) with { Ready = i <= 900 }).ToArray();
        var endpoints = SubsetPlan.Compile(Service(), pods);
        Assert.Equal("truncated", endpoints.Metadata.Annotations["endpoints.kubernetes.io/over-capacity"]);
        Assert.Equal((900, 100), (endpoints.Subsets[0].Addresses.Count, endpoints.Subsets[0].NotReadyAddresses.Count));
        var ready = SubsetPlan.Compile(Service(), [.. pods.Select(p => p with { Ready = true })]);
        Assert.Equal(1000, ready.Subsets.Single().Addresses.Count);
        Assert.Null(ready.Subsets[0].NotReadyAddresses);
    }

    [Fact]
    public void A_subset_per_set_of_ports()
    {
        var service = Service(s => s.Spec.Ports = [new V1ServicePort { Name = "web", Port = 80, TargetPort = "http" }]);
        var endpoints = SubsetPlan.Compile(service, [Pod(1) with { NamedPorts = [("http", "TCP", 1)] }, Pod(2) with { NamedPorts = [("http", "TCP", 2)] }, Pod(3)]);
        Assert.Equal([1, 2], endpoints.Subsets.Select(s => s.Ports.Single().Port));
    }

    [Fact]
    public void The_order_of_pods_makes_no_difference()
    {
        EndpointPod[] pods = [Pod(1), Pod(2), Pod(3)];
        Assert.True(SubsetPlan.Same(SubsetPlan.Compile(Service(), pods), SubsetPlan.Compile(Service(), [.. pods.Reverse()])));
        Assert.False(SubsetPlan.Same(SubsetPlan.Compile(Service(), pods), SubsetPlan.Compile(Service(), pods[1..])));
    }

    [Fact]
    public void Hand_made_Endpoints_are_mirrored_by_family()
    {
        V1Endpoints made = new()
        {
            Metadata = Make.Meta("ext", labels: Make.Labels("x")),
            Subsets =
            [
                new V1EndpointSubset
                {
                    Addresses = [new V1EndpointAddress { Ip = "192.0.2.1" }, new V1EndpointAddress { Ip = "2001:db8::1", Hostname = "six" }],
                    NotReadyAddresses = [new V1EndpointAddress { Ip = "192.0.2.2" }],
                    Ports = [new Corev1EndpointPort { Port = 443, Protocol = "TCP" }],
                },
            ],
        };
        var service = Service(s => s.Spec.Selector = null);
        Assert.True(MirrorPlan.Applies(service, made));
        var plan = MirrorPlan.Compile(made, []);
        Assert.Equal(["IPv4", "IPv6"], plan.Create.Select(s => s.AddressType));
        Assert.Equal([true, false], plan.Create[0].Endpoints.Select(e => e.Conditions.Ready));
        Assert.Equal("six", plan.Create[1].Endpoints[0].Hostname);
        Assert.Equal("endpointslicemirroring-controller.k8s.io", plan.Create[0].Metadata.Labels["endpointslice.kubernetes.io/managed-by"]);
        Assert.Equal("Endpoints", plan.Create[0].Metadata.OwnerReferences[0].Kind);

        Assert.False(MirrorPlan.Applies(Service(), made));
        Assert.False(MirrorPlan.Applies(null, made));
        made.Metadata.Labels["endpointslice.kubernetes.io/skip-mirror"] = "true";
        Assert.False(MirrorPlan.Applies(service, made));
    }
}
