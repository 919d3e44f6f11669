using System.Text.Json.Nodes;
using Vitrine.ApiServer.Admission;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.PodSecurity;

/// <summary>
/// The admission plugin PodSecurity: labels of a namespace say what its pods may ask for — enforce refuses, warn warns, audit notes. Templates of pods are looked at
/// for warnings only. Source: k8s.io/pod-security-admission, https://kubernetes.io/docs/concepts/security/pod-security-admission/.
/// </summary>
internal static class PodSecurityAdmission
{
    private const string Prefix = "pod-security.kubernetes.io/";

    /// <summary>Throws a 403 for a pod that its namespace does not allow.</summary>
    public static void CheckPod(AdmissionRequest request, JsonObject pod, JsonObject? old)
    {
        if (Labels(request) is not { } labels || (old is not null && JsonNode.DeepEquals(pod["spec"], old["spec"])))
        {
            return;
        }
        if (LevelOf(labels, "enforce") is var enforced && enforced.Faults(pod) is { Length: > 0 } faults)
        {
            throw ApiErrors.Forbidden(request.Kind, pod.TextAt("metadata.name"), $"violates PodSecurity \"{enforced}\": {faults}");
        }
        Tell(request, labels, pod);
    }

    /// <summary>Warns of a template whose pods will not be allowed.</summary>
    public static void CheckTemplate(AdmissionRequest request, JsonObject value)
    {
        var path = (request.Kind.Group, request.Kind.Plural) switch
        {
            ("apps", "daemonsets" or "deployments" or "replicasets" or "statefulsets") or ("batch", "jobs") or ("", "replicationcontrollers") => (string[])["spec", "template"],
            ("batch", "cronjobs") => ["spec", "jobTemplate", "spec", "template"],
            _ => [],
        };
        if (path.Length > 0 && Labels(request) is { } labels && path.Aggregate((JsonNode?)value, static (node, field) => node.Object(field)) is JsonObject template)
        {
            Tell(request, labels, template);
        }
    }

    /// <summary>Labels of a namespace that name no level or version.</summary>
    public static void CheckNamespace(JsonObject ns, List<FieldCause> causes)
    {
        foreach (var mode in (string[])["enforce", "audit", "warn"])
        {
            var labels = ns.Object("metadata").Object("labels");
            if (labels.Text(Prefix + mode) is { Length: > 0 } level && !SecurityLevel.Names.Contains(level))
            {
                causes.Add(Cause.Invalid($"metadata.labels[{Prefix}{mode}]", level, "must be one of privileged, baseline, restricted"));
            }
            if (labels.Text($"{Prefix}{mode}-version") is { Length: > 0 } version && SecurityLevel.Minor(version) is null)
            {
                causes.Add(Cause.Invalid($"metadata.labels[{Prefix}{mode}-version]", version, "must be \"latest\" or \"v1.x\""));
            }
        }
    }

    /// <param name="mode">"enforce", "warn" or "audit".</param>
    public static SecurityLevel LevelOf(JsonObject? labels, string mode) =>
        labels.Text(Prefix + mode) is { Length: > 0 } name ? new SecurityLevel(name, labels.Text($"{Prefix}{mode}-version") is { Length: > 0 } version ? version : "latest") : SecurityLevel.Privileged;

    private static void Tell(AdmissionRequest request, JsonObject labels, JsonObject pod)
    {
        if (LevelOf(labels, "warn") is var warned && warned.Faults(pod) is { Length: > 0 } faults)
        {
            request.Warn($"would violate PodSecurity \"{warned}\": {faults}");
        }
        if (LevelOf(labels, "audit") is var audited && audited.Faults(pod) is { Length: > 0 } violations)
        {
            request.Note(Prefix + "audit-violations", $"would violate PodSecurity \"{audited}\": {violations}");
        }
    }

    private static JsonObject? Labels(AdmissionRequest request) => request.TreeOf("", "namespaces")?.Find("", request.Namespace) is { } found
        && found.Labels.Keys.Any(static key => key.StartsWith(Prefix, StringComparison.Ordinal)) ? found.Parse().Object("metadata").Object("labels") : null;
}
