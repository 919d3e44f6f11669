using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.PodSecurity;

/// <summary>Level restricted: what baseline asks, and today's best practice of hardening. Source: k8s.io/pod-security-admission policy.</summary>
internal static class RestrictedChecks
{
    // Fields of a volume that are no sources of the list below are what makes it restricted.
    private static readonly HashSet<string> Volumes = ["name", "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret"];

    public static IReadOnlyList<SecurityCheck> All { get; } =
    [
        new("allowPrivilegeEscalation != false", 8, static (pod, version) => IsWindows(pod, version) ? "" : SecurityCheck.Of(
            SecurityCheck.Containers(pod).Where(static c => !SecurityCheck.Security(c).Has("allowPrivilegeEscalation") || SecurityCheck.Security(c).Flag("allowPrivilegeEscalation")), "must set securityContext.allowPrivilegeEscalation=false")),
        new("unrestricted capabilities", 22, Capabilities) { Replaces = "non-default capabilities" },
        new("restricted volume types", 0, VolumeTypes) { Replaces = "hostPath volumes" },
        new("runAsNonRoot != true", 0, NonRoot),
        new("runAsUser=0", 23, static (pod, _) => SecurityCheck.Join(" and ",
            Security(pod).Number("runAsUser") == 0 ? "pod must not set runAsUser=0" : "",
            SecurityCheck.Of(SecurityCheck.Containers(pod).Where(static c => SecurityCheck.Security(c).Number("runAsUser") == 0), "must not set runAsUser=0"))),
        new("seccompProfile", 19, Seccomp) { Replaces = "seccompProfile" },
    ];

    private static JsonObject? Security(JsonObject pod) => pod.Object("spec").Object("securityContext");

    private static bool IsWindows(JsonObject pod, int version) => version >= 25 && pod.Object("spec").Object("os").Text("name") == "windows";

    private static string Capabilities(JsonObject pod, int version)
    {
        if (IsWindows(pod, version))
        {
            return "";
        }
        static JsonArray List(JsonObject container, string field) => SecurityCheck.Security(container).Object("capabilities").Array(field) ?? [];
        var bad = SecurityCheck.Containers(pod).Where(static c => List(c, "add").Any(static a => a.AsText() != "NET_BIND_SERVICE")).ToArray();
        var names = bad.SelectMany(static c => List(c, "add")).Select(static a => a.AsText() ?? "").Where(static a => a != "NET_BIND_SERVICE").Distinct().Order(StringComparer.Ordinal);
        return SecurityCheck.Join("; ",
            SecurityCheck.Of(SecurityCheck.Containers(pod).Where(static c => !List(c, "drop").Any(static d => d.AsText() == "ALL")), "must set securityContext.capabilities.drop=[\"ALL\"]"),
            SecurityCheck.Of(bad, $"must not include {string.Join(", ", names.Select(static n => $"\"{n}\""))} in securityContext.capabilities.add"));
    }

    private static string VolumeTypes(JsonObject pod, int version)
    {
        var bad = pod.Object("spec").Objects("volumes").Select(static v => (Volume: v, Type: v.Select(static f => f.Key).FirstOrDefault(static f => !Volumes.Contains(f)))).Where(static v => v.Type is not null).ToArray();
        string[] types = [.. bad.Select(static v => v.Type!).Distinct().Order(StringComparer.Ordinal).Select(static t => $"\"{t}\"")];
        return SecurityCheck.Of("volume", bad.Select(static v => v.Volume), $"{(bad.Length == 1 ? "uses" : "use")} restricted volume type{(types.Length == 1 ? "" : "s")} {string.Join(", ", types)}");
    }

    private static string NonRoot(JsonObject pod, int version)
    {
        var forPod = Security(pod);
        var refused = SecurityCheck.Containers(pod).Where(static c => SecurityCheck.Security(c).Has("runAsNonRoot") && !SecurityCheck.Security(c).Flag("runAsNonRoot")).ToArray();
        var podRefuses = forPod.Has("runAsNonRoot") && !forPod.Flag("runAsNonRoot") && SecurityCheck.Containers(pod).Any(static c => !SecurityCheck.Security(c).Has("runAsNonRoot"));
        if (refused.Length > 0 || podRefuses)
        {
            return SecurityCheck.Join(" and ", podRefuses ? "pod must not set securityContext.runAsNonRoot=false" : "", SecurityCheck.Of(refused, "must not set securityContext.runAsNonRoot=false"));
        }

        return forPod.Flag("runAsNonRoot") ? "" : SecurityCheck.Of("pod or container", SecurityCheck.Containers(pod).Where(static c => !SecurityCheck.Security(c).Has("runAsNonRoot")), "must set securityContext.runAsNonRoot=true");
    }

    private static string Seccomp(JsonObject pod, int version)
    {
        if (IsWindows(pod, version))
        {
            return "";
        }
        static bool Good(string type) => type is "RuntimeDefault" or "Localhost";
        const string Must = "must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"";
        var forPod = Security(pod).Object("seccompProfile").Text("type");
        static string TypeOf(JsonObject container) => SecurityCheck.Security(container).Object("seccompProfile").Text("type");
        var silent = SecurityCheck.Containers(pod).Where(static c => TypeOf(c).Length == 0).ToArray();
        var wrong = SecurityCheck.Containers(pod).Where(static c => TypeOf(c) is { Length: > 0 } type && !Good(type)).Select(static c => (c, TypeOf(c))).ToArray();
        return SecurityCheck.Join(" and ",
            forPod.Length > 0 && !Good(forPod) && silent.Length > 0 ? $"pod must not set securityContext.seccompProfile.type to \"{forPod}\"" : "",
            SecurityCheck.Of(wrong.Select(static w => w.c), $"must not set securityContext.seccompProfile.type to {string.Join(", ", wrong.Select(static w => $"\"{w.Item2}\"").Distinct())}"),
            forPod.Length == 0 ? SecurityCheck.Of("pod or container", silent, Must) : "");
    }
}
