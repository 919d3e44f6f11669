using System.Collections.Immutable;
using System.Net;
using Vitrine.Model.Explain;
using Vitrine.Model.Explain.Services;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Unit.Model.Explain;

/// <summary>Packets to Services: the endpoints a connection may get, what they see, and every way it can go wrong.</summary>
public sealed class ServiceWalkTests
{
    private static readonly Place Node1 = new(Place.Node("node-1"), IPAddress.Parse("10.0.1.11")), Node2 = new(Place.Node("node-2"), IPAddress.Parse("10.0.1.12"));
    private static readonly Place Outside = new("192.0.2.7", IPAddress.Parse("192.0.2.7"));

    [Fact]
    public void Every_endpoint_is_walked_to_and_the_answer_comes_from_the_Services_address()
    {
        var explanation = new ServiceTown().Ask();
        Assert.Equal(Verdict.Delivered, explanation.Verdict);
        Assert.Equal(["10.244.1.2:8080", "10.244.2.2:8080"], explanation.Others.Prepend(explanation).Select(e => e.EndPoint));
        Assert.All(explanation.Endpoints, e => Assert.True(e.Chosen));
        Assert.Equal("10.244.1.9, the client's own", explanation.SeenAs);
        Assert.Contains(explanation.Forward.Hops, h => h.Where == "node/node-1" && h.Object == "service/default/web" && h.What.Contains("one of 2 endpoints", StringComparison.Ordinal));
        Assert.Contains(explanation.Reply!.Hops, h => h.What == "the answer comes from 10.96.0.20 again");
        Assert.Equal([Answer.Answered], explanation.Expected);
    }

    [Fact]
    public void Over_another_node_the_client_sees_the_Service_and_the_server_the_node()
    {
        var town = new ServiceTown { Pods = [ServiceTown.Pod("web-2", 2, 2, ServiceTown.Labels("app", "web"))] };
        var explanation = town.Ask(Outside, Node1, 30080);
        Assert.Equal("10.0.1.11", explanation.SeenAs);
        Assert.Contains(explanation.Forward.Hops, h => h.What.StartsWith("masquerade: 192.0.2.7 becomes 10.0.1.11, since the answer would not come back", StringComparison.Ordinal));
    }

    [Fact]
    public void A_pod_that_is_its_own_Services_endpoint_reaches_itself()
    {
        var pod = ServiceTown.Pod("web-1", 1, 2, ServiceTown.Labels("app", "web"));
        var town = new ServiceTown { Pods = [], Client = pod, Endpoint = ServiceTown.EndpointOf };
        var explanation = (town with { Pods = [pod], Client = ServiceTown.Pod("other", 2, 9, ServiceTown.Labels("app", "x")) }).Ask(new Place(Place.Pod(pod.Key), pod.Addresses[0]), new Place(Place.Service("default/web"), ServiceTown.Address), 80);
        Assert.Equal(Verdict.Delivered, explanation.Verdict);
        Assert.Contains(explanation.Forward.Hops, h => h.What.Contains("would answer itself", StringComparison.Ordinal));
    }

    [Fact]
    public void When_only_some_endpoints_take_it_the_failing_one_is_told()
    {
        var town = new ServiceTown { Listening = ImmutableDictionary<string, int>.Empty.Add("web-1", 8080).Add("web-2", 9090) };
        var explanation = town.Ask();
        Assert.Equal(Verdict.SomeEndpointsFail, explanation.Verdict);
        Assert.Equal("10.244.2.2:8080", explanation.EndPoint);
        Assert.Equal([Answer.Answered, Answer.Refused], explanation.Expected.Order());
        Assert.Equal([Answer.Answered], explanation.To("10.244.1.2:8080").Expected);
        Assert.Equal([Answer.Refused], explanation.To("10.244.2.2:8080").Expected);
    }

    [Fact]
    public void A_misspelt_selector_is_told_with_what_was_meant()
    {
        var town = new ServiceTown();
        var broken = (town with { Web = town.Web with { Selector = ServiceTown.Labels("app", "wbe") }, Endpoint = _ => null }).Ask();
        Told(broken, Verdict.Refused, "service/default/web", "finds no pod", """'{"spec":{"selector":{"app":"web"}}}'""");
    }

    [Fact]
    public void A_misspelt_key_of_a_selector_too()
    {
        var town = new ServiceTown();
        var broken = (town with { Web = town.Web with { Selector = ServiceTown.Labels("ap", "web") }, Endpoint = _ => null }).Ask();
        Told(broken, Verdict.Refused, "service/default/web", "has app=web instead of ap=web", """'{"spec":{"selector":{"ap":null,"app":"web"}}}'""");
    }

    [Fact]
    public void A_Deployment_scaled_to_nothing_is_told()
    {
        var broken = new ServiceTown { Pods = [], Workloads = [new WorkloadPods("deployment", "default", "web", ServiceTown.Labels("app", "web"), 0)] }.Ask();
        Told(broken, Verdict.Refused, "deployment/default/web", "replicas: 0", "kubectl scale deployment/web -n default --replicas=1");
    }

    [Fact]
    public void A_wrong_targetPort_is_the_Services_fault_not_the_pods()
    {
        var town = new ServiceTown { SlicePorts = [new EndpointPort("http", "TCP", 81)] };
        var broken = (town with { Web = town.Web with { Ports = [new ServicePort("http", "TCP", 80, "81", 0)] } }).Ask();
        Told(broken, Verdict.Refused, "service/default/web", "spec.ports[0].targetPort of service/default/web is 81", """[{"op":"replace","path":"/spec/ports/0/targetPort","value":8080}]""");
    }

    [Fact]
    public void A_named_targetPort_no_container_has_is_told()
    {
        var town = new ServiceTown { SlicePorts = [], Pods = [ServiceTown.Pod("web-1", 1, 2, ServiceTown.Labels("app", "web")) with { Ports = [new PodPort("main", "http", 8080, "TCP", 0)] }] };
        var broken = (town with { Web = town.Web with { Ports = [new ServicePort("http", "TCP", 80, "htpp", 0)] } }).Ask();
        Told(broken, Verdict.Refused, "service/default/web", "the name \"htpp\"", "\"value\":\"http\"");
        Assert.Contains(broken.Endpoints.Append(new ConsideredEndpoint("", "", "", false, "")), e => !e.Chosen);
    }

    [Fact]
    public void Pods_that_are_not_ready_are_told_with_what_their_probe_says()
    {
        var town = new ServiceTown { Troubles = ImmutableDictionary<string, string>.Empty.Add("default/web-1", "Readiness probe failed: HTTP probe failed with statuscode: 500") };
        var broken = (town with { Pods = [.. town.Pods.Select(p => p with { Ready = false })] }).Ask();
        Told(broken, Verdict.Refused, "pod/default/web-1", "statuscode: 500", "kubectl describe pod web-1");
    }

    [Fact]
    public void Policy_Local_without_an_endpoint_here_is_told_with_the_nodes_that_have_one()
    {
        var town = new ServiceTown { Pods = [ServiceTown.Pod("web-2", 2, 2, ServiceTown.Labels("app", "web"))] };
        var inside = (town with { Web = town.Web with { InternalLocal = true } }).Ask();
        Told(inside, Verdict.Dropped, "service/default/web", "spec.internalTrafficPolicy of service/default/web is Local", "\"internalTrafficPolicy\":\"Cluster\"");
        Assert.Contains("node/node-2", inside.Forward.Why, StringComparison.Ordinal);
        var outside = (town with { Web = town.Web with { ExternalLocal = true } }).Ask(Outside, Node1, 30080);
        Told(outside, Verdict.Dropped, "service/default/web", "spec.externalTrafficPolicy of service/default/web is Local", "\"externalTrafficPolicy\":\"Cluster\"");
        Assert.Equal("192.0.2.7, the client's own", (town with { Web = town.Web with { ExternalLocal = true } }).Ask(Outside, Node2, 30080).SeenAs);
    }

    [Fact]
    public void A_client_outside_the_source_ranges_is_told()
    {
        var town = new ServiceTown();
        var broken = (town with { Web = town.Web with { LoadBalancerSourceRanges = [IPNetwork.Parse("203.0.113.0/24")] } }).Ask(new Place(Place.Service("default/web"), ServiceTown.LoadBalancer), 80);
        Told(broken, Verdict.Dropped, "service/default/web", "loadBalancerSourceRanges lets in 203.0.113.0/24 only", "10.244.1.9/32");
    }

    [Fact]
    public void A_port_the_Service_does_not_have_is_told()
    {
        var broken = new ServiceTown().Ask(81);
        Told(broken, Verdict.Refused, "service/default/web", "has no TCP port 81; it has TCP 80 (http)", "kubectl get service web");
    }

    [Fact]
    public void An_address_no_Service_has_is_told()
    {
        var nobody = IPAddress.Parse("10.96.0.99");
        Told(new ServiceTown().Ask(new Place($"{nobody}", nobody), 80), Verdict.Refused, "10.96.0.99", "no Service has it", "kubectl get services -A");
    }

    [Fact]
    public void A_node_that_sends_a_datagram_to_nobody_hears_it_from_its_own_kernel()
    {
        var refused = new ServiceTown().Ask(Node1, new Place(Place.Service("default/web"), ServiceTown.Address), 80, Transport.Udp);
        Assert.Equal([Answer.Prohibited, Answer.Refused], refused.Expected);
    }

    [Fact]
    public void What_is_for_no_port_is_refused_only_where_it_would_go_on()
    {
        // The tables refuse it on its way through the node; a node that forwards nothing throws it away before.
        var town = new ServiceTown();
        var scene = town.Scene();
        var deaf = scene.Station("node/node-1")! with { Observed = true, Forwards4 = false };
        scene = scene with { Observations = scene.Observations with { Stations = scene.Observations.Stations.SetItem(deaf.Name, deaf) } };
        var explanation = PacketWalk.Explain(scene, new Question(new Place(Place.Pod(town.Client.Key), town.Client.Addresses[0]), new Place(Place.Service("default/web"), ServiceTown.Address), Transport.Tcp, 81));
        Assert.Equal((Verdict.Dropped, "node/node-1"), (explanation.Verdict, explanation.Forward.Culprit));
    }

    [Fact]
    public void A_Service_without_a_selector_and_without_a_slice_is_told()
    {
        var town = new ServiceTown { Endpoint = _ => null };
        var broken = (town with { Web = town.Web with { Selector = ImmutableDictionary<string, string>.Empty } }).Ask();
        Told(broken, Verdict.Refused, "service/default/web", "has no selector", "kubernetes.io/service-name=web");
    }

    private static void Told(Explanation broken, Verdict verdict, string culprit, string why, string command)
    {
        Assert.Equal((verdict, culprit), (broken.Verdict, broken.Deciding.Culprit));
        Assert.Contains(why, broken.Deciding.Why, StringComparison.Ordinal);
        Assert.NotNull(broken.Deciding.Fix);
        Assert.Contains(command, broken.Deciding.Command, StringComparison.Ordinal);
    }
}
