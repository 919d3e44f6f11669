using k8s.Models;
using Vitrine.Agent.Pods;
using Xunit;
using static Vitrine.Unit.Agent.Pods.PodBuilder;

namespace Vitrine.Unit.Agent.Pods;

public sealed class PodStatusPlanTests
{
    [Fact]
    public void A_pod_without_sandbox_is_pending_and_its_containers_are_being_created()
    {
        var status = Compute(Pod(), RuntimePod.None);
        Assert.Equal("Pending", status.Phase);
        Assert.All(status.ContainerStatuses, c => Assert.Equal("ContainerCreating", c.State.Waiting.Reason));
        Assert.Equal("False", Condition(status, "PodReadyToStartContainers").Status);
        Assert.Null(status.PodIP);
    }

    [Fact]
    public void A_pod_with_all_containers_running_is_ready()
    {
        var status = Compute(Pod(), Runtime(Running("a"), Running("b")));
        Assert.Equal("Running", status.Phase);
        Assert.Equal("True", Condition(status, "Ready").Status);
        Assert.Equal("10.1.0.2", status.PodIP);
        Assert.Equal("containerd://a0", status.ContainerStatuses[0].ContainerID);
        Assert.All(status.ContainerStatuses, c => Assert.True(c.Ready && c.Started == true));
    }

    [Fact]
    public void A_container_is_being_created_until_its_postStart_hook_has_ended()
    {
        var memory = new PodMemory();
        memory.Hooking["a0"] = true;
        var status = PodStatusPlan.Compute(Pod(), Runtime(Running("a"), Running("b")), memory, ["192.0.2.9"], Now);
        Assert.Equal(("ContainerCreating", false, "False"), (status.ContainerStatuses[0].State.Waiting?.Reason, status.ContainerStatuses[0].Ready, Condition(status, "Ready").Status));
        memory.Hooking.Clear();
        Assert.Equal("True", Condition(PodStatusPlan.Compute(Pod(), Runtime(Running("a"), Running("b")), memory, ["192.0.2.9"], Now), "Ready").Status);
    }

    [Fact]
    public void A_container_that_ended_makes_the_pod_unready_but_leaves_it_running()
    {
        var status = Compute(Pod("Never"), Runtime(Running("a"), Exited("b", 0)));
        Assert.Equal("Running", status.Phase);
        Assert.Equal("ContainersNotReady", Condition(status, "Ready").Reason);
        Assert.Equal("containers with unready status: [b]", Condition(status, "Ready").Message);
        Assert.Equal("Completed", status.ContainerStatuses[1].State.Terminated.Reason);
    }

    [Theory]
    [InlineData("Never", 0, "Succeeded")]
    [InlineData("Never", 1, "Failed")]
    [InlineData("OnFailure", 0, "Succeeded")]
    [InlineData("OnFailure", 1, "Running")]
    [InlineData("Always", 0, "Running")]
    public void The_phase_of_an_ended_pod_follows_its_restart_policy(string policy, int code, string phase) =>
        Assert.Equal(phase, Compute(Pod(policy, ["a"]), Runtime(Exited("a", code))).Phase);

    [Fact]
    public void A_succeeded_pod_says_PodCompleted()
    {
        var status = Compute(Pod("Never", ["a"]), Runtime(Exited("a", 0)));
        Assert.Equal("PodCompleted", Condition(status, "Ready").Reason);
        Assert.Equal("PodCompleted", Condition(status, "Initialized").Reason);
    }

    [Fact]
    public void A_container_in_back_off_waits_and_remembers_how_it_ended()
    {
        var memory = new PodMemory();
        memory.Waiting["a"] = new Waiting("CrashLoopBackOff", "back-off 10s");
        var status = PodStatusPlan.Compute(Pod(containers: ["a"]), Runtime(Exited("a", 137, 3)), memory, ["192.0.2.9"], Now);
        var container = Assert.Single(status.ContainerStatuses);
        Assert.Equal("CrashLoopBackOff", container.State.Waiting.Reason);
        Assert.Equal(137, container.LastState.Terminated.ExitCode);
        Assert.Equal(3, container.RestartCount);
        Assert.Equal("Running", status.Phase);
    }

    [Fact]
    public void A_restarted_container_shows_its_predecessor_as_last_state()
    {
        var status = Compute(Pod(containers: ["a"]), Runtime(Running("a", 1), Exited("a", 2)));
        Assert.Equal(1, status.ContainerStatuses[0].RestartCount);
        Assert.Equal(2, status.ContainerStatuses[0].LastState.Terminated.ExitCode);
        Assert.NotNull(status.ContainerStatuses[0].State.Running);
    }

    [Fact]
    public void App_containers_wait_for_PodInitializing_while_an_init_container_runs()
    {
        var status = Compute(Pod(containers: ["a"], inits: ["i"]), Runtime(Running("i")));
        Assert.Equal("Pending", status.Phase);
        Assert.Equal("PodInitializing", status.ContainerStatuses[0].State.Waiting.Reason);
        Assert.Equal("ContainersNotInitialized", Condition(status, "Initialized").Reason);
        Assert.Equal("containers with incomplete status: [i]", Condition(status, "Initialized").Message);
    }

    [Fact]
    public void A_failed_init_container_fails_a_pod_that_never_restarts() =>
        Assert.Equal("Failed", Compute(Pod("Never", ["a"], ["i"]), Runtime(Exited("i", 1))).Phase);

    [Fact]
    public void A_condition_keeps_its_transition_time_until_its_status_changes()
    {
        var pod = Pod();
        pod.Status = Compute(pod, Runtime(Running("a"), Running("b")));
        var later = PodStatusPlan.Compute(pod, Runtime(Running("a"), Exited("b", 0)), new PodMemory(), ["192.0.2.9"], Now.AddHours(1));
        Assert.Equal(Now.UtcDateTime, Condition(later, "PodScheduled").LastTransitionTime);
        Assert.Equal(Now.AddHours(1).UtcDateTime, Condition(later, "Ready").LastTransitionTime);
    }

    [Fact]
    public void Conditions_of_others_are_kept()
    {
        var pod = Pod();
        pod.Status = new V1PodStatus { Conditions = [new V1PodCondition { Type = "example.com/gate", Status = "True" }] };
        Assert.Equal("True", Condition(Compute(pod, RuntimePod.None), "example.com/gate").Status);
    }

    [Fact]
    public void A_terminal_phase_never_changes_again()
    {
        var pod = Pod("Never", ["a"]);
        pod.Status = new V1PodStatus { Phase = "Failed" };
        Assert.Equal("Failed", Compute(pod, Runtime(Running("a"))).Phase);
    }

    [Fact]
    public void A_container_with_a_readiness_probe_is_unready_until_it_succeeds()
    {
        var pod = Pod(containers: ["a"]);
        pod.Spec.Containers[0].ReadinessProbe = new V1Probe();
        var memory = new PodMemory();
        Assert.False(PodStatusPlan.Compute(pod, Runtime(Running("a")), memory, ["192.0.2.9"], Now).ContainerStatuses[0].Ready);
        memory.Ready["a0"] = true;
        Assert.True(PodStatusPlan.Compute(pod, Runtime(Running("a")), memory, ["192.0.2.9"], Now).ContainerStatuses[0].Ready);
    }

    [Fact]
    public void Host_network_pods_have_the_nodes_address()
    {
        var pod = Pod();
        pod.Spec.HostNetwork = true;
        Assert.Equal("192.0.2.9", Compute(pod, Runtime(Running("a"))).PodIP);
    }

    private static V1PodStatus Compute(V1Pod pod, RuntimePod runtime) => PodStatusPlan.Compute(pod, runtime, new PodMemory(), ["192.0.2.9"], Now);

    private static V1PodCondition Condition(V1PodStatus status, string type) => Assert.Single(status.Conditions, c => c.Type == type);
}
