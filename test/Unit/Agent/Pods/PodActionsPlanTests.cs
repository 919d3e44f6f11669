using k8s.Models;
using Vitrine.Agent.Cri;
using Vitrine.Agent.Pods;
using Xunit;
using static Vitrine.Unit.Agent.Pods.PodBuilder;

namespace Vitrine.Unit.Agent.Pods;

public sealed class PodActionsPlanTests
{
    [Fact]
    public void A_new_pod_needs_its_first_sandbox() =>
        Assert.Equal(0u, Compute(Pod(), RuntimePod.None).CreateSandbox);

    [Fact]
    public void A_dead_sandbox_is_followed_by_the_next_attempt() =>
        Assert.Equal(3u, Compute(Pod(), new RuntimePod([Sandbox(PodSandboxState.SandboxNotready, 2)], [])).CreateSandbox);

    [Fact]
    public void All_containers_start_at_once()
    {
        var actions = Compute(Pod(), Runtime());
        Assert.Equal(["a", "b"], actions.Starts.Select(s => s.Container.Name));
        Assert.All(actions.Starts, s => Assert.Equal(0, s.Attempt));
    }

    [Fact]
    public void Nothing_is_done_for_a_pod_that_runs()
    {
        var actions = Compute(Pod(), Runtime(Running("a"), Running("b")));
        Assert.Equal((false, null, 0, 0), (actions.StopPod, actions.CreateSandbox, actions.Starts.Count, actions.Kills.Count));
        Assert.Null(actions.WakeAt);
    }

    [Fact]
    public void The_first_restart_is_immediate()
    {
        var start = Assert.Single(Compute(Pod(containers: ["a"]), Runtime(Exited("a", 1))).Starts);
        Assert.Equal(1, start.Attempt);
    }

    [Fact]
    public void A_restart_in_back_off_waits_with_upstreams_words()
    {
        var memory = new PodMemory();
        memory.Restarts.Next("a", Now.AddSeconds(-2));
        var actions = PodActionsPlan.Compute(Pod(containers: ["a"]), Runtime(Exited("a", 1, 1, Now.AddSeconds(-1))), memory, Now);
        Assert.Empty(actions.Starts);
        Assert.Equal(Now.AddSeconds(9), actions.WakeAt);
        Assert.Equal(new Waiting("CrashLoopBackOff", "back-off 10s restarting failed container=a pod=web_default(u-1)"), memory.Waiting["a"]);
    }

    [Fact]
    public void OnFailure_restarts_what_failed_and_not_what_succeeded()
    {
        var actions = Compute(Pod("OnFailure"), Runtime(Exited("a", 0), Exited("b", 1)));
        Assert.Equal("b", Assert.Single(actions.Starts).Container.Name);
    }

    [Fact]
    public void A_finished_pod_gives_its_sandbox_back() =>
        Assert.True(Compute(Pod("Never", ["a"]), Runtime(Exited("a", 0))).StopPod);

    [Fact]
    public void A_finished_pod_without_sandbox_gets_no_new_one()
    {
        var runtime = new RuntimePod([Sandbox(PodSandboxState.SandboxNotready)], [Exited("a", 0)]);
        var actions = Compute(Pod("Never", ["a"]), runtime);
        Assert.Null(actions.CreateSandbox);
        Assert.False(actions.StopPod);
    }

    [Fact]
    public void Init_containers_run_one_after_another()
    {
        var pod = Pod(containers: ["a"], inits: ["i", "j"]);
        Assert.Equal("i", Assert.Single(Compute(pod, Runtime()).Starts).Container.Name);
        Assert.Empty(Compute(pod, Runtime(Running("i"))).Starts);
        Assert.Equal("j", Assert.Single(Compute(pod, Runtime(Exited("i", 0))).Starts).Container.Name);
        Assert.Equal("a", Assert.Single(Compute(pod, Runtime(Exited("i", 0), Exited("j", 0))).Starts).Container.Name);
    }

    [Fact]
    public void Init_containers_do_not_run_again_for_a_restarted_app_container()
    {
        var actions = Compute(Pod(containers: ["a"], inits: ["i"]), Runtime(Exited("a", 1), Exited("i", 0)));
        Assert.Equal("a", Assert.Single(actions.Starts).Container.Name);
    }

    [Fact]
    public void A_sidecar_does_not_hold_up_the_app_once_it_runs()
    {
        var pod = Pod(containers: ["a"], inits: ["side"]);
        pod.Spec.InitContainers[0].RestartPolicy = "Always";
        Assert.Equal("side", Assert.Single(Compute(pod, Runtime()).Starts).Container.Name);
        Assert.Equal("a", Assert.Single(Compute(pod, Runtime(Running("side"))).Starts).Container.Name);
    }

    [Fact]
    public void A_condemned_container_is_stopped()
    {
        var memory = new PodMemory();
        memory.Condemned["a0"] = "failed liveness probe";
        var actions = PodActionsPlan.Compute(Pod(containers: ["a"]), Runtime(Running("a")), memory, Now);
        Assert.Equal(("a0", "a", "failed liveness probe"), Assert.Single(actions.Kills));
    }

    [Fact]
    public void A_failed_start_is_not_tried_again_before_its_time()
    {
        var memory = new PodMemory();
        memory.RetryAt["a"] = Now.AddSeconds(7);
        var actions = PodActionsPlan.Compute(Pod(containers: ["a"]), Runtime(), memory, Now);
        Assert.Empty(actions.Starts);
        Assert.Equal(Now.AddSeconds(7), actions.WakeAt);
    }

    [Fact]
    public void A_restart_count_survives_the_loss_of_the_containers()
    {
        var pod = Pod(containers: ["a"]);
        pod.Status = new V1PodStatus { ContainerStatuses = [new V1ContainerStatus { Name = "a", RestartCount = 4, ContainerID = "containerd://gone" }] };
        Assert.Equal(5, Assert.Single(Compute(pod, Runtime()).Starts).Attempt);
    }

    private static PodActions Compute(V1Pod pod, RuntimePod runtime) => PodActionsPlan.Compute(pod, runtime, new PodMemory(), Now);
}
