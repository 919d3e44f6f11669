using k8s.Models;
using Vitrine.Agent.Pods;
using Xunit;

namespace Vitrine.Unit.Agent.Pods;

public sealed class ServiceVariablesTests
{
    [Fact]
    public void A_Service_has_its_variables_and_those_of_links()
    {
        var variables = ServiceVariables.Of([Service("redis-leader", "10.96.0.9", ("", 6379, "TCP"))], null).ToDictionary();
        Assert.Equal("10.96.0.9", variables["REDIS_LEADER_SERVICE_HOST"]);
        Assert.Equal("6379", variables["REDIS_LEADER_SERVICE_PORT"]);
        Assert.Equal("tcp://10.96.0.9:6379", variables["REDIS_LEADER_PORT"]);
        Assert.Equal("tcp://10.96.0.9:6379", variables["REDIS_LEADER_PORT_6379_TCP"]);
        Assert.Equal("tcp", variables["REDIS_LEADER_PORT_6379_TCP_PROTO"]);
        Assert.Equal("6379", variables["REDIS_LEADER_PORT_6379_TCP_PORT"]);
        Assert.Equal("10.96.0.9", variables["REDIS_LEADER_PORT_6379_TCP_ADDR"]);
        Assert.Equal(7, variables.Count);
    }

    [Fact]
    public void Named_ports_have_names_and_IPv6_has_brackets()
    {
        var variables = ServiceVariables.Of([Service("dns", "fd00::a", ("dns-udp", 53, "UDP"), ("dns", 53, "TCP"))], null).ToDictionary();
        Assert.Equal("53", variables["DNS_SERVICE_PORT_DNS_UDP"]);
        Assert.Equal("udp://[fd00::a]:53", variables["DNS_PORT"]);
        Assert.Equal("tcp://[fd00::a]:53", variables["DNS_PORT_53_TCP"]);
    }

    [Fact]
    public void Without_an_address_there_is_nothing_and_ones_own_kubernetes_goes_first()
    {
        Assert.Empty(ServiceVariables.Of([Service("headless", "None", ("", 80, "TCP"))], null));
        var api = Service("kubernetes", "10.96.0.1", ("https", 443, "TCP"));
        Assert.Equal("10.96.0.1", ServiceVariables.Of([], api).ToDictionary()["KUBERNETES_SERVICE_HOST"]);
        Assert.Equal("10.96.0.7", ServiceVariables.Of([Service("kubernetes", "10.96.0.7", ("", 1, "TCP"))], api).ToDictionary()["KUBERNETES_SERVICE_HOST"]);
    }

    [Fact]
    public void An_agent_that_starts_again_recalls_what_it_said()
    {
        var memory = new PodMemory();
        memory.Recall(new V1PodStatus
        {
            ContainerStatuses = [new V1ContainerStatus { Name = "a", ContainerID = "containerd://a0", Ready = true, Started = true }, new V1ContainerStatus { Name = "b", Ready = true }],
        });
        Assert.True(memory.Ready["a0"] && memory.Started["a0"]);
        Assert.Single(memory.Ready);
    }

    private static V1Service Service(string name, string address, params (string Name, int Port, string Protocol)[] ports) => new()
    {
        Metadata = new V1ObjectMeta { Name = name },
        Spec = new V1ServiceSpec { ClusterIP = address, Ports = [.. ports.Select(p => new V1ServicePort { Name = p.Name, Port = p.Port, Protocol = p.Protocol })] },
    };
}
