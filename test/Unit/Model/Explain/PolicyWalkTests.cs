using System.Collections.Immutable;
using System.Net;
using Vitrine.Model.Explain;
using Vitrine.Model.Explain.Policies;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Policies;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Unit.Model.Explain;

/// <summary>Packets that policies have a say in: who lets them pass, who does not, and the rule that would.</summary>
public sealed class PolicyWalkTests
{
    private static readonly ImmutableArray<PolicyRule> Nothing = [];

    [Fact]
    public void Where_no_policy_selects_an_end_no_hop_speaks_of_policies()
    {
        var explanation = new ServiceTown().Ask();
        Assert.Equal(Verdict.Delivered, explanation.Verdict);
        Assert.DoesNotContain(explanation.Forward.Hops.Concat(explanation.Reply!.Hops), h => h.Entry == PolicyStep.Entry);
    }

    [Fact]
    public void An_allowed_connection_shows_the_rule_of_each_end_and_its_answer_none()
    {
        var explanation = new ServiceTown
        {
            Policies =
            [
                Policy("out", "client") with { Egress = [To("web", 8080)] },
                Policy("in", "web") with { Ingress = [To("client", 8080)] },
            ],
        }.Ask();
        Assert.Equal(Verdict.Delivered, explanation.Verdict);
        var across = explanation.Others.Prepend(explanation).Single(e => e.EndPoint == "10.244.2.2:8080");
        Assert.Equal(
            [("node/node-1", "networkpolicy/default/out", "policy: egress of pod/default/client is allowed by spec.egress[0]"), ("node/node-2", "networkpolicy/default/in", "policy: ingress of pod/default/web-2 is allowed by spec.ingress[0]")],
            across.Forward.Hops.Where(h => h.Entry == PolicyStep.Entry).Select(h => (h.Where, h.Object, h.What)));
        Assert.DoesNotContain(across.Reply!.Hops, h => h.Entry == PolicyStep.Entry);
    }

    [Theory]
    [InlineData(true, "node/node-1", "networkpolicy/default/wall selects pod/default/client, and no rule of it allows TCP port 8080 to pod/default/web-1")]
    [InlineData(false, "node/node-1", "networkpolicy/default/wall selects pod/default/web-1, and no rule of it allows TCP port 8080 from pod/default/client")]
    public void A_wall_is_told_with_the_rule_that_opens_it(bool egress, string where, string why)
    {
        var wall = Policy("wall", egress ? "client" : "web");
        var town = new ServiceTown { Policies = [egress ? wall with { Egress = Nothing } : wall with { Ingress = Nothing }] };
        var broken = town.Ask();
        Assert.Equal((Verdict.Dropped, "networkpolicy/default/wall", why), (broken.Verdict, broken.Deciding.Culprit, broken.Deciding.Why));
        Assert.Equal([Answer.Silent], broken.Expected);
        Assert.Equal((where, false), (broken.Forward.Hops[^1].Where, broken.Forward.Hops[^1].Passed));
        Assert.Contains(egress ? "egress: [{to: [{podSelector: {matchLabels: {app: web}}}], ports: [{protocol: TCP, port: 8080}]}]" : "ingress: [{from: [{podSelector: {matchLabels: {app: client}}}], ports: [{protocol: TCP, port: 8080}]}]", broken.Deciding.Fix, StringComparison.Ordinal);
        Assert.Equal(Verdict.Delivered, (town with { Policies = town.Policies.AddRange(Remedies.Written(broken.Deciding.Command!)) }).Ask().Verdict);
    }

    [Fact]
    public void A_policy_that_is_about_this_workload_is_the_one_that_gets_the_rule()
    {
        var town = new ServiceTown { Policies = [Policy("all", null) with { Ingress = Nothing }, Policy("web", "web") with { Ingress = [To("client", 81)] }] };
        var told = town.Ask().Deciding;
        Assert.StartsWith("networkpolicy/default/all and networkpolicy/default/web select pod/default/web-1, and no rule of theirs allows", told.Why, StringComparison.Ordinal);
        Assert.StartsWith("add to spec.ingress of networkpolicy/default/web: {from: ", told.Fix, StringComparison.Ordinal);
        Assert.StartsWith("kubectl patch networkpolicy web -n default --type=json -p '[{\"op\":\"add\",\"path\":\"/spec/ingress/-\"", told.Command, StringComparison.Ordinal);
    }

    /// <summary>Pods on a bridge that another plugin made: the wires are not ours to tell, what policies say of them is.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Between_pods_that_another_plugin_connects_its_work_is_named_and_policies_are_judged(bool walled)
    {
        var town = new ServiceTown { Policies = walled ? [Policy("wall", "web") with { Ingress = Nothing }] : [] };
        var range = IPNetwork.Parse("10.244.1.0/24");
        Station Guest(Pod pod, int veth) => new(Place.Pod(pod.Key))
        {
            Observed = true, Listeners = [new Listener(Transport.Tcp, IPAddress.Any, 8080)],
            Links = [new StationLink(2, "eth0", 1500) { Kind = "veth", PeerIndex = veth, Addresses = [LinkNetwork.Of(pod.Addresses[0], 24)] }],
            Routes = [new StationRoute(range) { Device = "eth0" }],
        };
        var node = new Station("node/node-1")
        {
            Observed = true, Routes = [new StationRoute(range) { Device = "cni0" }],
            Links = [new StationLink(5, "veth5", 1500) { Kind = "veth", PeerIndex = 2 }, new StationLink(6, "veth6", 1500) { Kind = "veth", PeerIndex = 2 }, new StationLink(4, "cni0", 1500) { Kind = "bridge", Addresses = [LinkNetwork.Of(IPAddress.Parse("10.244.1.1"), 24)] }],
        };
        var scene = town.Scene();
        Station[] stations = [node, Guest(town.Client, 5), Guest(town.Pods[0], 6)];
        scene = scene with { Foreign = ["node-1", "node-2"], Observations = scene.Observations with { Stations = stations.ToImmutableDictionary(s => s.Name) } };
        var told = PacketWalk.Explain(scene, new Question(new Place(Place.Pod(town.Client.Key), town.Client.Addresses[0]), new Place(Place.Pod("default/web-1"), town.Pods[0].Addresses[0]), Transport.Tcp, 8080));
        Assert.Equal(!walled, told.Forward.Hops.Any(h => h is { Where: "node/node-1", What: "to pod/default/web-1: done by another network plugin, not by Vitrine", Observed: false }));
        Assert.Equal((walled ? Verdict.Dropped : Verdict.Delivered, walled ? "networkpolicy/default/wall" : null), (told.Verdict, told.Deciding.Culprit));
        Assert.Equal(walled ? "node/node-1" : "pod/default/web-1", told.Forward.Hops[^1].Where);
    }

    [Fact]
    public void A_client_from_outside_is_let_in_by_its_address()
    {
        var town = new ServiceTown { Pods = [ServiceTown.Pod("web-1", 1, 2, ServiceTown.Labels("app", "web"))], Policies = [Policy("wall", "web") with { Ingress = Nothing }] };
        var outside = new Place("192.0.2.7", IPAddress.Parse("192.0.2.7"));
        var told = town.Ask(outside, new Place(Place.Node("node-1"), IPAddress.Parse("10.0.1.11")), 30080).Deciding;
        Assert.Equal(Verdict.Dropped, told.Verdict);
        Assert.Contains("{ipBlock: {cidr: \"192.0.2.7/32\"}}", told.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_reaches_its_own_pods_whatever_a_policy_says()
    {
        var town = new ServiceTown { Pods = [ServiceTown.Pod("web-1", 1, 2, ServiceTown.Labels("app", "web"))], Policies = [Policy("wall", "web") with { Ingress = Nothing }] };
        Place web = new(Place.Pod("default/web-1"), town.Pods[0].Addresses[0]), one = new(Place.Node("node-1"), IPAddress.Parse("10.0.1.11")), two = new(Place.Node("node-2"), IPAddress.Parse("10.0.1.12"));
        Assert.Equal(Verdict.Delivered, town.Ask(one, web, 8080).Verdict);
        Assert.Equal(Verdict.Dropped, town.Ask(two, web, 8080).Verdict);
        var gateway = PacketWalk.Explain(town.Scene(), new Question(one, web, Transport.Tcp, 8080) { ByGateway = true });
        Assert.Equal((Verdict.Dropped, "networkpolicy/default/wall"), (gateway.Verdict, gateway.Deciding.Culprit));
    }

    [Fact]
    public void A_cluster_policy_that_denies_gets_an_Accept_before_it()
    {
        var deny = new ClusterNetworkPolicy
        {
            Name = "deny", Uid = "", Baseline = false, Priority = 1, Namespaces = LabelSelector.Everything, Pods = LabelSelector.Everything,
            Ingress = [new PolicyRule { Action = PolicyAction.Pass, EveryPort = true, Peers = [Peer("nobody")] }, new PolicyRule { Action = PolicyAction.Deny, EveryPort = true, Peers = [new PolicyPeer { Namespaces = LabelSelector.Everything, Pods = LabelSelector.Everything }] }],
        };
        var told = new ServiceTown { ClusterPolicies = [deny] }.Ask().Deciding;
        Assert.Equal("clusternetworkpolicy/deny", told.Culprit);
        Assert.Equal("spec.ingress[1] of clusternetworkpolicy/deny denies pod/default/web-1 TCP port 8080 from pod/default/client", told.Why);
        Assert.StartsWith("put before spec.ingress[1] of clusternetworkpolicy/deny: {action: Accept, from: [{pods: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: default}}", told.Fix, StringComparison.Ordinal);
        Assert.Contains("\"path\":\"/spec/ingress/1\"", told.Command, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a":"web","b":"8","c":["true",true,1,null],"d":"x y"}""", "{a: web, b: \"8\", c: [\"true\", true, 1, null], d: \"x y\"}")]
    [InlineData("""{"k/e.y_-":"","l":"-x","m":"a:b"}""", "{k/e.y_-: \"\", l: \"-x\", m: \"a:b\"}")]
    public void Flow_YAML_quotes_what_would_be_read_as_something_else(string json, string yaml) => Assert.Equal(yaml, FlowYaml.Write(System.Text.Json.Nodes.JsonNode.Parse(json)));

    private static NetworkPolicy Policy(string name, string? app) => new() { Namespace = "default", Name = name, Uid = name, Pods = app is null ? LabelSelector.Everything : LabelSelector.Of(ServiceTown.Labels("app", app)) };

    private static PolicyRule To(string app, int port) => new() { Peers = [new PolicyPeer { Pods = LabelSelector.Of(ServiceTown.Labels("app", app)) }], Ports = [new PolicyPort("TCP", "", port, port)] };

    private static PolicyPeer Peer(string app) => new() { Namespaces = LabelSelector.Everything, Pods = LabelSelector.Of(ServiceTown.Labels("app", app)) };
}
