using k8s.Models;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Unit.Model;

/// <summary>What a pod takes of a node, as the scheduler counts it.</summary>
public sealed class PodRequestsTests
{
    [Fact]
    public void Sidecars_run_beside_the_containers_and_before_the_init_containers_that_follow()
    {
        var pod = Pod(containers: [One("100m", "10Mi")], inits: [One("50m", "5Mi", "Always"), One("200m", "1Mi")]);
        Assert.Equal((250, 15L << 20), Of(pod));
    }

    [Fact]
    public void An_init_container_before_a_sidecar_runs_alone() =>
        Assert.Equal((200, 15L << 20), Of(Pod(containers: [One("100m", "10Mi")], inits: [One("200m", "1Mi"), One("50m", "5Mi", "Always")])));

    [Fact]
    public void What_the_pod_asks_for_itself_goes_before_the_sum()
    {
        var pod = Pod(containers: [One("100m", "10Mi")], inits: []);
        pod.Spec.Resources = new V1ResourceRequirements { Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("2") } };
        Assert.Equal((2000, 10L << 20), Of(pod));
    }

    private static (long Cpu, long Memory) Of(V1Pod pod) => SnapshotReader.Read(pod).Requests is var r ? (r.Cpu.Milli, r.Memory.Value) : default;

    private static V1Pod Pod(V1Container[] containers, V1Container[] inits) => new()
    {
        Metadata = new V1ObjectMeta { Name = "p", NamespaceProperty = "default", Uid = "u" },
        Spec = new V1PodSpec { Containers = containers, InitContainers = inits },
    };

    private static V1Container One(string cpu, string memory, string? restartPolicy = null) => new()
    {
        Name = "c",
        RestartPolicy = restartPolicy,
        Resources = new V1ResourceRequirements { Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new(cpu), ["memory"] = new(memory) } },
    };
}
