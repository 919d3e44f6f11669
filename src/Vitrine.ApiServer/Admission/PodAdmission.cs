using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.PodSecurity;
using Vitrine.ApiServer.Validation;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.Admission;

/// <summary>What upstream's admission plugins LimitRanger, Priority, DefaultTolerationSeconds, ServiceAccount and PodSecurity do to every pod.</summary>
internal static class PodAdmission
{
    /// <summary>Throws a 403 for what one of them refuses.</summary>
    public static void Admit(AdmissionRequest request, JsonObject pod)
    {
        var spec = pod.Ensure("spec");
        LimitRangeAdmission.Apply(request, pod);
        PriorityAdmission.Resolve(request, pod.TextAt("metadata.name"), spec);
        TolerationAdmission.Add(spec, request.DefaultTolerationSeconds);
        ServiceAccountAdmission.Admit(request, pod);
        PodSecurityAdmission.CheckPod(request, pod, null);
    }

    /// <summary>A client that sends its own manifest again does not mean to take away what admission has added.</summary>
    public static void Keep(AdmissionRequest request, UpdateScope scope, JsonObject pod, JsonObject old)
    {
        if (scope == UpdateScope.Status)
        {
            return;
        }
        if (scope == UpdateScope.Main)
        {
            var (spec, before) = (pod.Ensure("spec"), old.Object("spec"));
            if (!spec.Has("ephemeralContainers") && before?["ephemeralContainers"] is { } added)
            {
                spec["ephemeralContainers"] = added.DeepClone();
            }
            if (!JsonNode.DeepEquals(spec["ephemeralContainers"], before?["ephemeralContainers"]))
            {
                throw ApiErrors.Invalid(request.Kind, pod.TextAt("metadata.name"), [Cause.Forbidden("spec.ephemeralContainers", "ephemeral containers are added by the subresource ephemeralcontainers alone (kubectl debug)")]);
            }
            foreach (var field in (ReadOnlySpan<string>)["priority", "preemptionPolicy"])
            {
                spec[field] ??= before?[field]?.DeepClone();
            }
            TolerationAdmission.Add(spec, request.DefaultTolerationSeconds);
            ServiceAccountAdmission.Keep(spec, before);
        }
        // Whatever else changes a spec is held to the namespace's level, too.
        PodSecurityAdmission.CheckPod(request, pod, old);
    }
}
