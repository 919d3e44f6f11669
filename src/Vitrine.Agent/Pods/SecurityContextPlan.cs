using k8s.Models;
using Vitrine.Agent.Cri;

namespace Vitrine.Agent.Pods;

/// <summary>securityContext of pod and container as the runtime's; the container's own wins.</summary>
internal static class SecurityContextPlan
{
    // Hidden in every container that is not privileged, as upstream does (procMount: Default).
    private static readonly string[] Masked =
        ["/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap"];

    private static readonly string[] ReadOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    /// <exception cref="ConfigException">runAsNonRoot contradicts the user.</exception>
    /// <param name="seccompRoot">Folder of the node's own seccomp profiles.</param>
    /// <param name="target">Id of the container whose processes it shall see, or null.</param>
    public static LinuxContainerSecurityContext Compute(V1Pod pod, V1Container container, Image image, string seccompRoot, string? target)
    {
        var own = container.SecurityContext;
        var shared = pod.Spec.SecurityContext;
        var user = own?.RunAsUser ?? shared?.RunAsUser;
        var group = own?.RunAsGroup ?? shared?.RunAsGroup;
        var privileged = own?.Privileged == true;
        if ((own?.RunAsNonRoot ?? shared?.RunAsNonRoot) == true)
        {
            CheckNonRoot(user, image);
        }

        var context = new LinuxContainerSecurityContext
        {
            Privileged = privileged,
            NamespaceOptions = SandboxConfigPlan.Namespaces(pod),
            RunAsUser = user is { } uid ? new Int64Value { Value = uid } : image.Uid,
            RunAsUsername = user is null && image.Uid is null ? image.Username : "",
            ReadonlyRootfs = own?.ReadOnlyRootFilesystem == true,
            NoNewPrivs = own?.AllowPrivilegeEscalation == false,
            Capabilities = new Capability(),
            Seccomp = Seccomp(own?.SeccompProfile ?? shared?.SeccompProfile, seccompRoot),
        };
        if (target is not null)
        {
            context.NamespaceOptions.Pid = NamespaceMode.Target;
            context.NamespaceOptions.TargetId = target;
        }

        // The runtime takes a group only beside a user.
        if (group is { } gid && (context.RunAsUser is not null || context.RunAsUsername.Length > 0))
        {
            context.RunAsGroup = new Int64Value { Value = gid };
        }

        context.Capabilities.AddCapabilities.AddRange(own?.Capabilities?.Add ?? []);
        context.Capabilities.DropCapabilities.AddRange(own?.Capabilities?.Drop ?? []);
        context.SupplementalGroups.AddRange((shared?.SupplementalGroups ?? []).OfType<long>());
        if (shared?.FsGroup is { } fsGroup)
        {
            context.SupplementalGroups.Add(fsGroup);
        }

        if (!privileged && own?.ProcMount != "Unmasked")
        {
            context.MaskedPaths.AddRange(Masked);
            context.ReadonlyPaths.AddRange(ReadOnly);
        }

        return context;
    }

    private static SecurityProfile Seccomp(V1SeccompProfile? profile, string root)
    {
        switch (profile?.Type)
        {
            case "RuntimeDefault":
                return new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.RuntimeDefault };
            case "Localhost":
                var name = profile.LocalhostProfile ?? "";
                var path = Path.Combine(root, name);
                if (name.Length == 0 || name.StartsWith('/') || name.Split('/').Contains("..") || !File.Exists(path))
                {
                    throw new ConfigException($"cannot load seccomp profile \"{path}\": there is no such file; localhostProfile is a path below {root} on the node");
                }

                return new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.Localhost, LocalhostRef = path };
            default:
                return new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.Unconfined };
        }
    }

    private static void CheckNonRoot(long? user, Image image)
    {
        if (user == 0)
        {
            throw new ConfigException("container's runAsUser breaks non-root policy");
        }

        if (user is null && image.Username is { Length: > 0 } name)
        {
            throw new ConfigException($"container has runAsNonRoot and image has non-numeric user ({name}), cannot verify user is non-root");
        }

        if (user is null && (image.Uid is null || image.Uid.Value == 0))
        {
            throw new ConfigException("container has runAsNonRoot and image will run as root");
        }
    }
}
