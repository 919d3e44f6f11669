using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Defaulting;

internal static class StatefulSetDefaults
{
    public static void Apply(JsonObject set)
    {
        var spec = set.Ensure("spec");
        PodTemplateDefaults.Apply(spec);
        spec.DefaultText("podManagementPolicy", "OrderedReady");
        spec.DefaultNumber("replicas", 1);
        spec.DefaultNumber("revisionHistoryLimit", 10);
        var strategy = spec.Ensure("updateStrategy");
        strategy.DefaultText("type", "RollingUpdate");
        if (strategy.Text("type") == "RollingUpdate")
        {
            strategy.Ensure("rollingUpdate").DefaultNumber("partition", 0);
        }
        var claims = spec.Ensure("persistentVolumeClaimRetentionPolicy");
        claims.DefaultText("whenDeleted", "Retain");
        claims.DefaultText("whenScaled", "Retain");
        foreach (var claim in spec.Objects("volumeClaimTemplates"))
        {
            claim["apiVersion"] ??= "v1";
            claim["kind"] ??= "PersistentVolumeClaim";
            claim.Ensure("spec").DefaultText("volumeMode", "Filesystem");
            claim.Ensure("status").DefaultText("phase", "Pending");
        }
        set.Ensure("status").DefaultNumber("replicas", 0);
    }
}
