using k8s.Models;
using Vitrine.Agent.Pods;
using Xunit;

namespace Vitrine.Unit.Agent.Pods;

public sealed class RestartRuleTests
{
    [Theory]
    [InlineData("Always", null, false, 0, true)]
    [InlineData("Always", null, true, 0, false)]
    [InlineData("Always", null, true, 1, true)]
    [InlineData("OnFailure", null, false, 0, false)]
    [InlineData("OnFailure", null, false, 1, true)]
    [InlineData("Never", null, true, 1, false)]
    [InlineData("Never", "Always", true, 0, true)]
    [InlineData("Never", "OnFailure", false, 1, true)]
    [InlineData("Always", "Never", false, 1, false)]
    public void A_containers_own_policy_goes_before_the_pods(string ofPod, string? own, bool isInit, int exitCode, bool restarts) =>
        Assert.Equal(restarts, Rule(ofPod, own, null, isInit).MayRestart(exitCode));

    [Theory]
    [InlineData("In", 42, true)]
    [InlineData("In", 1, false)]
    [InlineData("NotIn", 42, false)]
    [InlineData("NotIn", 1, true)]
    public void A_rule_of_exit_codes_goes_before_the_policy(string op, int exitCode, bool restarts) =>
        Assert.Equal(restarts, Rule("Never", "Never", op, false).MayRestart(exitCode));

    [Fact]
    public void A_pod_runs_as_long_as_one_of_its_containers_may_start_again()
    {
        var pod = PodBuilder.Pod("Never", ["a"]);
        var runtime = PodBuilder.Runtime(PodBuilder.Exited("a", 42));
        Assert.Equal("Failed", Phase(pod, runtime));
        Assert.True(PodActionsPlan.IsFinished(pod, runtime));
        pod.Spec.Containers[0].RestartPolicy = "Never";
        pod.Spec.Containers[0].RestartPolicyRules = [new V1ContainerRestartRule { Action = "Restart", ExitCodes = new V1ContainerRestartRuleOnExitCodes { OperatorProperty = "In", Values = [42] } }];
        Assert.Equal("Running", Phase(pod, runtime));
        Assert.False(PodActionsPlan.IsFinished(pod, runtime));
    }

    [Fact]
    public void What_the_API_knows_as_ended_does_not_start_again()
    {
        var pod = PodBuilder.Pod();
        pod.Status = new V1PodStatus { Phase = "Failed", Reason = "Evicted" };
        Assert.True(PodActionsPlan.IsFinished(pod, PodBuilder.Runtime(PodBuilder.Exited("a", 137), PodBuilder.Exited("b", 137))));
    }

    private static RestartRule Rule(string ofPod, string? own, string? op, bool isInit)
    {
        var pod = PodBuilder.Pod(ofPod);
        var container = pod.Spec.Containers[0];
        container.RestartPolicy = own;
        container.RestartPolicyRules = op is null ? null : [new V1ContainerRestartRule { Action = "Restart", ExitCodes = new V1ContainerRestartRuleOnExitCodes { OperatorProperty = op, Values = [42] } }];
        return RestartRule.Of(pod, container, isInit);
    }

    private static string Phase(V1Pod pod, RuntimePod runtime) => PodStatusPlan.Compute(pod, runtime, new PodMemory(), ["192.0.2.1"], PodBuilder.Now).Phase;
}
