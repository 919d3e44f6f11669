using k8s.Models;
using Vitrine.Agent.Pods;
using Xunit;

namespace Vitrine.Unit.Agent.Pods;

public sealed class NodeMatchTests
{
    [Fact]
    public void A_pod_that_fits_comes_in() => Assert.Null(NodeMatch.Objection(Asking("500m", "1Gi"), Node(), [Asking("500m", "1Gi")]));

    [Theory]
    [InlineData("600m", "1Gi", "OutOfcpu", "Pod was rejected: Node didn't have enough resource: cpu, requested: 600, used: 500, capacity: 1000")]
    [InlineData("500m", "2Gi", "OutOfmemory", "Pod was rejected: Node didn't have enough resource: memory, requested: 2147483648, used: 1073741824, capacity: 2147483648")]
    public void What_is_more_than_is_left_is_refused(string cpu, string memory, string reason, string message)
    {
        var refused = NodeMatch.Objection(Asking(cpu, memory), Node(), [Asking("500m", "1Gi")]);
        Assert.Equal((reason, message), (refused?.Reason, refused?.Message));
    }

    [Fact]
    public void There_is_a_number_of_pods() =>
        Assert.Equal("Pod was rejected: Node didn't have enough resource: pods, requested: 1, used: 3, capacity: 3", NodeMatch.Objection(PodBuilder.Pod(), Node(), [PodBuilder.Pod(), PodBuilder.Pod(), PodBuilder.Pod()])?.Message);

    [Fact]
    public void Who_asks_for_nothing_fits_a_full_node() => Assert.Null(NodeMatch.Objection(PodBuilder.Pod(), Node(), [Asking("1", "2Gi")]));

    [Fact]
    public void The_system_cannot_do_without_its_critical_pods()
    {
        var pod = Asking("5", "1Gi");
        pod.Spec.Priority = 2_000_000_000;
        Assert.Null(NodeMatch.Objection(pod, Node(), []));
    }

    [Fact]
    public void A_node_that_has_not_said_what_it_has_refuses_nobody_for_that()
    {
        var node = Node();
        node.Status = null;
        Assert.Null(NodeMatch.Objection(Asking("5", "1Gi"), node, []));
    }

    [Theory]
    [InlineData("ssd", null)]
    [InlineData("tape", "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector")]
    public void A_selector_holds_for_a_pod_bound_by_hand(string disk, string? message)
    {
        var pod = PodBuilder.Pod();
        pod.Spec.NodeSelector = new Dictionary<string, string> { ["disk"] = disk };
        Assert.Equal(message, NodeMatch.Objection(pod, Node(), [])?.Message);
        pod.Spec.NodeSelector = null;
        pod.Spec.Affinity = new V1Affinity
        {
            NodeAffinity = new V1NodeAffinity
            {
                RequiredDuringSchedulingIgnoredDuringExecution = new V1NodeSelector { NodeSelectorTerms = [new V1NodeSelectorTerm { MatchExpressions = [new V1NodeSelectorRequirement { Key = "disk", OperatorProperty = "In", Values = [disk] }] }] },
            },
        };
        Assert.Equal(message, NodeMatch.Objection(pod, Node(), [])?.Message);
    }

    [Theory]
    [InlineData("NoExecute", "TaintToleration")]
    [InlineData("NoSchedule", null)]
    public void Only_taints_that_end_pods_keep_them_out(string effect, string? reason)
    {
        var node = Node();
        node.Spec.Taints = [new V1Taint { Key = "k", Value = "v", Effect = effect }];
        Assert.Equal(reason, NodeMatch.Objection(PodBuilder.Pod(), node, [])?.Reason);
        var tolerant = PodBuilder.Pod();
        tolerant.Spec.Tolerations = [new V1Toleration { Key = "k", OperatorProperty = "Exists" }];
        Assert.Null(NodeMatch.Objection(tolerant, node, []));
        var fixture = PodBuilder.Pod();
        fixture.Metadata.Annotations = new Dictionary<string, string> { ["kubernetes.io/config.source"] = "file" };
        Assert.Null(NodeMatch.Objection(fixture, node, []));
    }

    [Theory]
    [InlineData(8080, "TCP", "", "NodePorts")]
    [InlineData(8080, "UDP", "", null)]
    [InlineData(8081, "TCP", "", null)]
    public void A_port_of_the_node_is_one_pods(int port, string protocol, string address, string? reason)
    {
        var (pod, other) = (PodBuilder.Pod(), PodBuilder.Pod());
        pod.Spec.Containers[0].Ports = [new V1ContainerPort { ContainerPort = 80, HostPort = port, Protocol = protocol, HostIP = address }];
        other.Spec.Containers[0].Ports = [new V1ContainerPort { ContainerPort = 80, HostPort = 8080, Protocol = "TCP", HostIP = "10.0.0.1" }];
        Assert.Equal(reason, NodeMatch.Objection(pod, Node(), [other])?.Reason);
    }

    [Fact]
    public void Two_that_fit_alone_do_not_both_come_in()
    {
        List<V1Pod> there = [];
        var admission = new PodAdmission(new Sysctls([]), static () => [], null) { Residents = () => there };
        PodMemory first = new(), second = new();
        var pod = Asking("600m", "1Mi");
        Assert.Null(admission.TakeIn(pod, Node(), first));
        there.Add(pod);
        // The pod itself does not count against itself.
        Assert.Null(admission.TakeIn(pod, Node(), first));
        var other = Asking("600m", "1Mi");
        other.Metadata.Uid = "u-2";
        Assert.Equal("OutOfcpu", admission.TakeIn(other, Node(), second)?.Reason);
        Assert.Equal((true, false), (first.IsAdmitted, second.IsAdmitted));
    }

    private static V1Pod Asking(string cpu, string memory)
    {
        var pod = PodBuilder.Pod();
        pod.Spec.Containers[0].Resources = new V1ResourceRequirements { Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new(cpu), ["memory"] = new(memory) } };
        return pod;
    }

    private static V1Node Node() => new()
    {
        Metadata = new V1ObjectMeta { Name = "n", Uid = "n-1", Labels = new Dictionary<string, string> { ["disk"] = "ssd" } },
        Spec = new V1NodeSpec(),
        Status = new V1NodeStatus { Allocatable = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("1"), ["memory"] = new("2Gi"), ["pods"] = new("3") } },
    };
}
