using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>Source: validatePodFailurePolicy of pkg/apis/batch/validation.</summary>
internal static class PodFailurePolicyRules
{
    private const int MaxRules = 20;

    public static void Check(JsonObject policy, JsonObject? pod, string path, List<FieldCause> causes)
    {
        if (pod.Text("restartPolicy") != "Never")
        {
            causes.Add(Cause.Invalid($"{path}", pod.Text("restartPolicy"), "only \"Never\" restartPolicy is supported when podFailurePolicy is specified"));
        }
        var containers = pod.Objects("containers").Concat(pod.Objects("initContainers")).Select(c => c.Text("name")).ToHashSet();
        var index = 0;
        foreach (var rule in policy.Objects("rules"))
        {
            Rule(rule, containers, $"{path}.rules[{index++}]", causes);
        }
        if (index > MaxRules)
        {
            causes.Add(new FieldCause("FieldValueTooMany", $"{path}.rules", $"Too many: {index}: must have at most {MaxRules} items"));
        }
    }

    private static void Rule(JsonObject rule, HashSet<string> containers, string path, List<FieldCause> causes)
    {
        if (causes.Require(rule, path, "action"))
        {
            causes.OneOf(rule, path, "action", "Count", "FailIndex", "FailJob", "Ignore");
        }
        var codes = rule.Object("onExitCodes");
        var conditions = rule.Array("onPodConditions");
        if (codes is null && conditions is not { Count: > 0 })
        {
            causes.Add(Cause.Invalid(path, rule, "specifying one of OnExitCodes and OnPodConditions is required"));
        }
        else if (codes is not null && conditions is { Count: > 0 })
        {
            causes.Add(Cause.Invalid(path, rule, "specifying both OnExitCodes and OnPodConditions is not supported"));
        }
        if (codes is null)
        {
            return;
        }
        if (causes.Require(codes, $"{path}.onExitCodes", "operator"))
        {
            causes.OneOf(codes, $"{path}.onExitCodes", "operator", "In", "NotIn");
        }
        if (codes.Text("containerName") is { Length: > 0 } name && !containers.Contains(name))
        {
            causes.Add(Cause.Invalid($"{path}.onExitCodes.containerName", name, "must be one of the container or initContainer names in the pod template"));
        }
        var values = (codes.Array("values") ?? []).Select(value => value.AsNumber() ?? 0).ToArray();
        if (values.Length == 0)
        {
            causes.Add(Cause.Invalid($"{path}.onExitCodes.values", new JsonArray(), "at least one value is required"));
        }
        else if (codes.Text("operator") == "In" && values.Contains(0))
        {
            causes.Add(Cause.Invalid($"{path}.onExitCodes.values[{Array.IndexOf(values, 0)}]", 0, "must not be 0 for the In operator"));
        }
    }
}
