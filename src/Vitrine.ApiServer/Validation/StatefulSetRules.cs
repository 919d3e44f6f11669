using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>Source: ValidateStatefulSet and ValidateStatefulSetUpdate of pkg/apis/apps/validation.</summary>
internal static class StatefulSetRules
{
    private const string OnlyTheseChange =
        "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

    private static readonly string[] Changeable =
        ["replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy", "minReadySeconds"];

    public static void Check(JsonObject set, JsonObject? old, List<FieldCause> causes)
    {
        var spec = set.Object("spec") ?? [];
        if (spec.Text("podManagementPolicy") is var policy and not ("OrderedReady" or "Parallel"))
        {
            causes.Add(Cause.Invalid("spec.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'"));
        }
        Strategy(spec.Object("updateStrategy") ?? [], causes);
        var claims = spec.Object("persistentVolumeClaimRetentionPolicy");
        causes.OneOf(claims, "spec.persistentVolumeClaimRetentionPolicy", "whenDeleted", "Delete", "Retain");
        causes.OneOf(claims, "spec.persistentVolumeClaimRetentionPolicy", "whenScaled", "Delete", "Retain");
        foreach (var count in (ReadOnlySpan<string>)["replicas", "minReadySeconds", "revisionHistoryLimit"])
        {
            causes.AtLeastZero(spec, "spec", count);
        }
        causes.AtLeastZero(spec.Object("ordinals"), "spec.ordinals", "start");
        if (spec.Text("serviceName") is { Length: > 0 } service)
        {
            causes.Named("spec.serviceName", service, Names.Label);
        }
        TemplateRules.Check(WithClaims(spec), "StatefulSet", "statefulset", causes);
        Status(set.Object("status"), causes);
        if (old.Object("spec") is { } before && !JsonNode.DeepEquals(Fixed(spec), Fixed(before)))
        {
            causes.Add(Cause.Forbidden("spec", OnlyTheseChange));
        }
    }

    /// <summary>The containers may mount the claims, which the template does not name as volumes.</summary>
    private static JsonObject WithClaims(JsonObject spec)
    {
        if (spec.Array("volumeClaimTemplates") is not { Count: > 0 })
        {
            return spec;
        }
        var copy = spec.DeepClone().AsObject();
        var pod = copy.Ensure("template").Ensure("spec");
        var volumes = pod.Array("volumes") ?? [];
        pod["volumes"] = volumes.Parent is null ? volumes : pod["volumes"];
        foreach (var name in spec.Objects("volumeClaimTemplates").Select(claim => claim.TextAt("metadata.name")))
        {
            foreach (var named in volumes.OfType<JsonObject>().Where(volume => volume.Text("name") == name).ToArray())
            {
                volumes.Remove(named);
            }
            volumes.Add((JsonNode)new JsonObject { ["name"] = name, ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = name } });
        }
        return copy;
    }

    private static void Strategy(JsonObject strategy, List<FieldCause> causes)
    {
        const string path = "spec.updateStrategy";
        switch (strategy.Text("type"))
        {
            case "OnDelete":
                if (strategy.Object("rollingUpdate") is { } unused)
                {
                    causes.Add(Cause.Invalid($"{path}.rollingUpdate", unused, "only allowed for updateStrategy 'RollingUpdate'"));
                }
                break;
            case "RollingUpdate":
                causes.AtLeastZero(strategy.Object("rollingUpdate"), $"{path}.rollingUpdate", "partition");
                PercentRules.Check(strategy.Object("rollingUpdate"), $"{path}.rollingUpdate", "maxUnavailable", cap: true, causes);
                break;
            default:
                causes.Add(Cause.Invalid(path, strategy, "must be 'RollingUpdate' or 'OnDelete'"));
                break;
        }
    }

    private static void Status(JsonObject? status, List<FieldCause> causes)
    {
        var all = status.Number("replicas") ?? 0;
        foreach (var count in (ReadOnlySpan<string>)["replicas", "readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"])
        {
            causes.AtLeastZero(status, "status", count);
            if (count != "replicas" && status.Number(count) is { } some && some > all)
            {
                causes.Add(Cause.Invalid($"status.{count}", some, "cannot be greater than status.replicas"));
            }
        }
    }

    private static JsonObject Fixed(JsonObject spec)
    {
        var copy = spec.DeepClone().AsObject();
        foreach (var field in Changeable)
        {
            copy.Remove(field);
        }
        return copy;
    }
}
