using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>When an ended container may run again: the rules of its own (KEP-5307), then its own policy, then the pod's.</summary>
internal readonly record struct RestartRule(string Policy, IList<V1ContainerRestartRule>? Rules)
{
    public bool MayRestart(int exitCode) => Rules?.Any(rule => Matches(rule, exitCode)) == true || Policy switch
    {
        "Never" => false,
        "OnFailure" => exitCode != 0,
        _ => true,
    };

    public static bool IsSidecar(V1Container container) => container.RestartPolicy == "Always";

    /// <summary>Init containers run to success under Always too; a sidecar (KEP-753) always restarts.</summary>
    public static RestartRule Of(V1Pod pod, V1Container container, bool isInit)
    {
        if (container.RestartPolicy is { Length: > 0 } own)
        {
            return new(own, container.RestartPolicyRules);
        }

        return new(isInit && pod.Spec.RestartPolicy != "Never" ? "OnFailure" : pod.Spec.RestartPolicy ?? "Always", null);
    }

    private static bool Matches(V1ContainerRestartRule rule, int exitCode) =>
        rule is { Action: "Restart", ExitCodes: { } codes } && codes.Values?.Contains(exitCode) == true == (codes.OperatorProperty == "In");
}
