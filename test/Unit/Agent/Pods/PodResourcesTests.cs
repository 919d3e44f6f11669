using k8s.Models;
using Vitrine.Agent.Pods;
using Xunit;

namespace Vitrine.Unit.Agent.Pods;

public sealed class PodResourcesTests
{
    [Fact]
    public void A_pod_is_limited_where_all_its_containers_are()
    {
        var pod = PodBuilder.Pod(containers: ["a", "b"]);
        pod.Spec.Containers[0].Resources = Limits("100m", "64Mi");
        Assert.Equal((0.1m, null, null), Of(pod));
        pod.Spec.Containers[1].Resources = Limits("200m", "64Mi");
        Assert.Equal((0.3m, 0.3m, 128L << 20), Of(pod));
    }

    [Fact]
    public void A_hungry_init_container_has_what_it_asks_for()
    {
        var pod = PodBuilder.Pod(containers: ["a"], inits: ["side", "init"]);
        pod.Spec.Containers[0].Resources = Limits("100m", "64Mi");
        pod.Spec.InitContainers[0].RestartPolicy = "Always";
        pod.Spec.InitContainers[0].Resources = Limits("50m", "16Mi");
        pod.Spec.InitContainers[1].Resources = Limits("1", "32Mi");
        Assert.Equal((1.05m, 1.05m, 80L << 20), Of(pod));
    }

    [Fact]
    public void What_the_pod_says_of_itself_goes_before_the_sum()
    {
        var pod = PodBuilder.Pod(containers: ["a", "b"]);
        pod.Spec.Resources = Limits("2", "1Gi");
        Assert.Equal((2m, 2m, 1L << 30), Of(pod));
    }

    [Fact]
    public void Both_versions_of_cgroups_are_told_the_same()
    {
        var resources = new PodResources(0.5m, 1.5m, 64 << 20);
        Assert.Equal([("cpu", "cpu.shares", "512"), ("cpu", "cpu.cfs_period_us", "100000"), ("cpu", "cpu.cfs_quota_us", "150000"), ("memory", "memory.limit_in_bytes", "67108864")], CgroupSettings.Legacy(resources));
        Assert.Equal([("", "cpu.weight", "20"), ("", "cpu.max", "150000 100000"), ("", "memory.max", "67108864")], CgroupSettings.Unified(resources));
    }

    [Fact]
    public void A_unified_hierarchy_hands_its_controllers_down()
    {
        var mount = Directory.CreateTempSubdirectory("vitrine-cgroup").FullName;
        try
        {
            File.WriteAllText(Path.Combine(mount, "cgroup.controllers"), "cpu memory pids\n");
            var cgroup = new PodCgroup("/vitrine/node-1", mount);
            var pod = PodBuilder.Pod(containers: ["a"]);
            pod.Spec.Containers[0].Resources = Limits("1", "64Mi");
            cgroup.Prepare(pod);
            var folder = cgroup.Folder("memory", cgroup.PathOf(pod));
            Assert.Equal(Path.Combine(mount, "vitrine/node-1/podu-1"), folder);
            Assert.Equal("67108864", File.ReadAllText(Path.Combine(folder, "memory.max")));
            Assert.All((string[])["", "vitrine", "vitrine/node-1"], d => Assert.Equal("+cpu +memory +pids", File.ReadAllText(Path.Combine(mount, d, "cgroup.subtree_control"))));
        }
        finally
        {
            Directory.Delete(mount, recursive: true);
        }
    }

    private static (decimal, decimal?, long?) Of(V1Pod pod) => PodResources.Of(pod) is var r ? (r.CpuRequest, r.CpuLimit, r.MemoryLimit) : default;

    private static V1ResourceRequirements Limits(string cpu, string memory) => new() { Limits = new Dictionary<string, ResourceQuantity> { ["cpu"] = new(cpu), ["memory"] = new(memory) } };
}
