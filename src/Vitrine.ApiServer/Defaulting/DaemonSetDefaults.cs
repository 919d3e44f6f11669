using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Defaulting;

internal static class DaemonSetDefaults
{
    public static void Apply(JsonObject set)
    {
        var spec = set.Ensure("spec");
        PodTemplateDefaults.Apply(spec);
        spec.DefaultNumber("revisionHistoryLimit", 10);
        var strategy = spec.Ensure("updateStrategy");
        strategy.DefaultText("type", "RollingUpdate");
        if (strategy.Text("type") == "RollingUpdate")
        {
            var rolling = strategy.Ensure("rollingUpdate");
            rolling.DefaultNumber("maxUnavailable", 1);
            rolling.DefaultNumber("maxSurge", 0);
        }
        var status = set.Ensure("status");
        foreach (var count in (ReadOnlySpan<string>)["currentNumberScheduled", "desiredNumberScheduled", "numberMisscheduled", "numberReady"])
        {
            status.DefaultNumber(count, 0);
        }
    }
}
