using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Defaulting;

internal static class DeploymentDefaults
{
    public static void Apply(JsonObject deployment)
    {
        var spec = deployment.Ensure("spec");
        PodTemplateDefaults.Apply(spec);
        spec.DefaultNumber("replicas", 1);
        spec.DefaultNumber("revisionHistoryLimit", 10);
        spec.DefaultNumber("progressDeadlineSeconds", 600);
        var strategy = spec.Ensure("strategy");
        strategy.DefaultText("type", "RollingUpdate");
        if (strategy.Text("type") == "RollingUpdate")
        {
            var rolling = strategy.Ensure("rollingUpdate");
            rolling["maxUnavailable"] ??= "25%";
            rolling["maxSurge"] ??= "25%";
        }
        deployment.Ensure("status");
    }
}
