using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>Containers added to a pod that runs. Source: ValidatePodEphemeralContainersUpdate and validateEphemeralContainers of pkg/apis/core/validation.</summary>
internal static class EphemeralContainerRules
{
    private const string NotHere = "cannot be set for an Ephemeral Container";

    private static readonly string[] Refused = ["ports", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle", "resizePolicy", "restartPolicy", "restartPolicyRules"];

    /// <summary>Fields one may not have; what all containers obey is checked elsewhere.</summary>
    public static void Fields(JsonObject container, string path, JsonObject spec, List<FieldCause> causes)
    {
        foreach (var field in Refused.Where(container.Has))
        {
            causes.Add(Cause.Forbidden($"{path}.{field}", NotHere));
        }
        if (container.Object("resources") is { Count: > 0 })
        {
            causes.Add(Cause.Forbidden($"{path}.resources", NotHere));
        }
        var index = 0;
        foreach (var mount in container.Objects("volumeMounts"))
        {
            foreach (var field in ((string[])["subPath", "subPathExpr"]).Where(f => mount.Text(f).Length > 0))
            {
                causes.Add(Cause.Forbidden($"{path}.volumeMounts[{index}].{field}", NotHere));
            }
            index++;
        }
        if (container.Text("targetContainerName") is { Length: > 0 } target && !spec.Objects("containers").Concat(spec.Objects("initContainers")).Any(c => c.Text("name") == target))
        {
            causes.Add(Cause.NotFound($"{path}.targetContainerName", target));
        }
    }

    /// <summary>Some may be added to a pod that is there; none may go or change.</summary>
    /// <param name="before">null on create</param>
    public static void Change(JsonObject spec, JsonObject? before, bool isMirror, List<FieldCause> causes)
    {
        const string path = "spec.ephemeralContainers";
        var now = spec.Objects("ephemeralContainers").ToArray();
        if (before is null)
        {
            if (now.Length > 0)
            {
                causes.Add(Cause.Forbidden(path, "cannot be set on create"));
            }
            return;
        }
        var then = before.Objects("ephemeralContainers").ToArray();
        if (isMirror && now.Length > then.Length)
        {
            causes.Add(Cause.Forbidden("", "static pods do not support ephemeral containers"));
        }
        foreach (var old in then)
        {
            if (now.FirstOrDefault(c => c.Text("name") == old.Text("name")) is not { } same)
            {
                causes.Add(Cause.Forbidden(path, $"existing ephemeral containers \"{old.Text("name")}\" may not be removed\n"));
            }
            else if (!JsonNode.DeepEquals(same, old))
            {
                causes.Add(Cause.Forbidden(path, $"existing ephemeral containers \"{old.Text("name")}\" may not be changed\n"));
            }
        }
    }
}
