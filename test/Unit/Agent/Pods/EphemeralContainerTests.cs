using k8s.Models;
using Vitrine.Agent.Cri;
using Vitrine.Agent.Pods;
using Xunit;
using static Vitrine.Unit.Agent.Pods.PodBuilder;

namespace Vitrine.Unit.Agent.Pods;

public sealed class EphemeralContainerTests
{
    private readonly V1Pod pod = Pod(containers: ["a"]);

    public EphemeralContainerTests() =>
        pod.Spec.EphemeralContainers = [new V1EphemeralContainer { Name = "debugger", Image = "debian", TargetContainerName = "a", Stdin = true, Tty = true }];

    [Fact]
    public void It_starts_beside_what_runs()
    {
        var start = Assert.Single(Compute(Runtime(Running("a"))).Starts);
        Assert.Equal(("debugger", 0, true), (start.Container.Name, start.Attempt, start.Container.Tty == true));
        Assert.Equal("a", ContainerStart.TargetOf(pod, "debugger"));
    }

    [Fact]
    public void It_starts_while_the_pod_is_still_being_initialized()
    {
        pod.Spec.InitContainers = [new V1Container { Name = "i" }];
        Assert.Equal(["debugger"], Compute(Runtime(Running("i"))).Starts.Select(s => s.Container.Name));
    }

    [Fact]
    public void It_never_starts_twice()
    {
        Assert.Empty(Compute(Runtime(Running("a"), Exited("debugger", 1))).Starts);
        pod.Status = new V1PodStatus { EphemeralContainerStatuses = [new V1ContainerStatus { Name = "debugger", ContainerID = "containerd://collected" }] };
        Assert.Empty(Compute(Runtime(Running("a"))).Starts);
    }

    [Fact]
    public void Its_status_stands_in_a_list_of_its_own_and_makes_no_pod_unready()
    {
        var status = PodStatusPlan.Compute(pod, Runtime(Running("a"), Exited("debugger", 3)), new PodMemory(), ["192.0.2.1"], Now);
        var ended = Assert.Single(status.EphemeralContainerStatuses);
        Assert.Equal((3, false, (bool?)null), (ended.State.Terminated.ExitCode, ended.Ready, ended.Started));
        Assert.Equal(("Running", "True"), (status.Phase, status.Conditions.Single(c => c.Type == "Ready").Status));
    }

    [Fact]
    public void It_sees_the_processes_of_its_target()
    {
        var context = SecurityContextPlan.Compute(pod, PodContainers.Find(pod, "debugger")!, new Image(), "/seccomp", "id-of-a");
        Assert.Equal((NamespaceMode.Target, "id-of-a"), (context.NamespaceOptions.Pid, context.NamespaceOptions.TargetId));
    }

    private PodActions Compute(RuntimePod runtime) => PodActionsPlan.Compute(pod, runtime, new PodMemory(), Now);
}
