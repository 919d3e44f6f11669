using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.PodSecurity;

/// <summary>Level baseline: no known ways out of the container. Source: k8s.io/pod-security-admission policy.</summary>
internal static class BaselineChecks
{
    private static readonly HashSet<string> DefaultCapabilities =
    [
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    ];

    // Minor version → the sysctls that a pod has for itself.
    private static readonly (int Since, string Name)[] SafeSysctls =
    [
        (0, "kernel.shm_rmid_forced"), (0, "net.ipv4.ip_local_port_range"), (0, "net.ipv4.tcp_syncookies"), (0, "net.ipv4.ping_group_range"), (0, "net.ipv4.ip_unprivileged_port_start"),
        (27, "net.ipv4.ip_local_reserved_ports"), (29, "net.ipv4.tcp_keepalive_time"), (29, "net.ipv4.tcp_fin_timeout"), (29, "net.ipv4.tcp_keepalive_intvl"), (29, "net.ipv4.tcp_keepalive_probes"),
        (32, "net.ipv4.tcp_rmem"), (32, "net.ipv4.tcp_wmem"),
    ];

    public static IReadOnlyList<SecurityCheck> All { get; } =
    [
        new("forbidden AppArmor profile", 0, AppArmor),
        new("non-default capabilities", 0, Capabilities),
        new("host namespaces", 0, static (pod, _) => string.Join(", ", ((string[])["hostNetwork", "hostPID", "hostIPC"]).Where(f => pod.Object("spec").Flag(f)).Select(static f => $"{f}=true"))),
        new("hostPath volumes", 0, static (pod, _) => SecurityCheck.Of("volume", pod.Object("spec").Objects("volumes").Where(static v => v.Has("hostPath")), "")),
        new("hostPort", 0, HostPorts),
        new("privileged", 0, static (pod, _) => SecurityCheck.Of(With(pod, static s => s.Flag("privileged")), "must not set securityContext.privileged=true")),
        new("procMount", 0, static (pod, _) => SecurityCheck.Of(With(pod, static s => s.Text("procMount") is not ("" or "Default")), "must not set securityContext.procMount to \"Unmasked\"")),
        new("seLinuxOptions", 0, SeLinux),
        new("seccompProfile", 19, static (pod, _) => Seccomp(pod)),
        new("forbidden sysctls", 0, static (pod, version) => string.Join(", ", pod.Object("spec").Object("securityContext").Objects("sysctls").Select(static s => s.Text("name")).Where(name => !SafeSysctls.Any(safe => safe.Name == name && safe.Since <= version)))),
        new("hostProcess", 0, static (pod, _) => SecurityCheck.Join(", ",
            Security(pod).Object("windowsOptions").Flag("hostProcess") ? "pod must not set securityContext.windowsOptions.hostProcess=true" : "",
            SecurityCheck.Of(With(pod, static s => s.Object("windowsOptions").Flag("hostProcess")), "must not set securityContext.windowsOptions.hostProcess=true"))),
    ];

    private static JsonObject? Security(JsonObject pod) => pod.Object("spec").Object("securityContext");

    private static IEnumerable<JsonObject> With(JsonObject pod, Func<JsonObject?, bool> security) => SecurityCheck.Containers(pod).Where(c => security(SecurityCheck.Security(c)));

    private static string AppArmor(JsonObject pod, int version)
    {
        static bool Wrong(JsonObject? security) => security.Object("appArmorProfile").Text("type") is not ("" or "RuntimeDefault" or "Localhost");
        var annotated = (pod.Object("metadata").Object("annotations") ?? [])
            .Where(static a => a.Key.StartsWith("container.apparmor.security.beta.kubernetes.io/", StringComparison.Ordinal) && (a.Value.AsText() ?? "") is var p && p.Length > 0 && p != "runtime/default" && !p.StartsWith("localhost/", StringComparison.Ordinal))
            .Select(static a => $"annotation \"{a.Key}\" must not set AppArmor profile type to \"{a.Value.AsText()}\"");
        return SecurityCheck.Join(", ", [.. annotated, Wrong(Security(pod)) ? "pod must not set AppArmor profile type to \"Unconfined\"" : "", SecurityCheck.Of(With(pod, Wrong), "must not set AppArmor profile type to \"Unconfined\"")]);
    }

    private static string Capabilities(JsonObject pod, int version)
    {
        var added = SecurityCheck.Containers(pod).Select(static c => (Container: c, Bad: (SecurityCheck.Security(c).Object("capabilities").Array("add") ?? []).Select(static a => a.AsText() ?? "").Where(static a => !DefaultCapabilities.Contains(a)).ToArray())).Where(static c => c.Bad.Length > 0).ToArray();
        return SecurityCheck.Of(added.Select(static a => a.Container), $"must not include {string.Join(", ", added.SelectMany(static a => a.Bad).Distinct().Order(StringComparer.Ordinal).Select(static b => $"\"{b}\""))} in securityContext.capabilities.add");
    }

    private static string HostPorts(JsonObject pod, int version)
    {
        var users = SecurityCheck.Containers(pod).Where(static c => c.Objects("ports").Any(static p => p.Number("hostPort") > 0)).ToArray();
        long[] ports = [.. users.SelectMany(static c => c.Objects("ports")).Select(static p => p.Number("hostPort") ?? 0).Where(static p => p > 0).Distinct().Order()];
        return SecurityCheck.Of(users, $"{(users.Length == 1 ? "uses" : "use")} hostPort{(ports.Length == 1 ? "" : "s")} {string.Join(", ", ports)}");
    }

    private static string SeLinux(JsonObject pod, int version)
    {
        var parts = SecurityCheck.Containers(pod).Select(static c => (Who: $"container \"{c.Text("name")}\"", Options: SecurityCheck.Security(c).Object("seLinuxOptions"))).Prepend(("pod", Security(pod).Object("seLinuxOptions"))).ToArray();
        string[] allowed = version >= 31 ? ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"] : ["", "container_t", "container_init_t", "container_kvm_t"];
        string[] types = [.. parts.Select(static p => p.Item2.Text("type")).Where(t => !allowed.Contains(t)).Distinct()];
        var user = parts.Any(static p => p.Item2.Text("user").Length > 0);
        var role = parts.Any(static p => p.Item2.Text("role").Length > 0);
        string[] who = [.. parts.Where(p => !allowed.Contains(p.Item2.Text("type")) || p.Item2.Text("user").Length > 0 || p.Item2.Text("role").Length > 0).Select(static p => p.Item1)];
        return who.Length == 0 ? "" : $"{string.Join(" and ", who)} set forbidden securityContext.seLinuxOptions: {SecurityCheck.Join("; ", types.Length == 0 ? "" : $"type{(types.Length == 1 ? "" : "s")} {string.Join(", ", types.Select(static t => $"\"{t}\""))}", user ? "user may not be set" : "", role ? "role may not be set" : "")}";
    }

    private static string Seccomp(JsonObject pod)
    {
        static bool Wrong(JsonObject? security) => security.Object("seccompProfile").Text("type") is not ("" or "RuntimeDefault" or "Localhost");
        return SecurityCheck.Join(", ",
            Wrong(Security(pod)) ? "pod must not set securityContext.seccompProfile.type to \"Unconfined\"" : "",
            SecurityCheck.Of(With(pod, Wrong), "must not set securityContext.seccompProfile.type to \"Unconfined\""));
    }
}
