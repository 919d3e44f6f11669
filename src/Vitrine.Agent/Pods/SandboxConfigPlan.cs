using k8s.Models;
using Vitrine.Agent.Cri;
using Vitrine.Model.Snapshot;

namespace Vitrine.Agent.Pods;

/// <summary>A pod's spec as the runtime's sandbox configuration.</summary>
internal static class SandboxConfigPlan
{
    public static PodSandboxConfig Compute(V1Pod pod, uint attempt, PodPaths paths, string cgroup, PodDns dns, string hostname)
    {
        var hostNetwork = pod.Spec.HostNetwork == true;
        var config = new PodSandboxConfig
        {
            Metadata = new PodSandboxMetadata { Name = pod.Metadata.Name, Namespace = pod.Metadata.NamespaceProperty, Uid = pod.Metadata.Uid, Attempt = attempt },
            // With the node's UTS namespace there is no hostname of its own to set: containerd refuses one.
            Hostname = hostNetwork ? "" : hostname,
            LogDirectory = paths.Logs(pod),
            DnsConfig = dns.Compute(pod),
            Linux = new LinuxPodSandboxConfig
            {
                CgroupParent = cgroup,
                SecurityContext = new LinuxSandboxSecurityContext
                {
                    NamespaceOptions = Namespaces(pod),
                    Privileged = PodContainers.Lasting(pod).Any(c => c.SecurityContext?.Privileged == true),
                    Seccomp = new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.RuntimeDefault },
                },
            },
        };
        config.Labels.Add(CriLabels.PodName, pod.Metadata.Name);
        config.Labels.Add(CriLabels.PodNamespace, pod.Metadata.NamespaceProperty);
        config.Labels.Add(CriLabels.PodUid, pod.Metadata.Uid);
        foreach (var sysctl in pod.Spec.SecurityContext?.Sysctls ?? [])
        {
            config.Linux.Sysctls[Sysctls.Dotted(sysctl.Name)] = sysctl.Value;
        }

        foreach (var port in SnapshotReader.LongRunning(pod.Spec).SelectMany(c => c.Ports ?? []).Where(p => p.HostPort is > 0 && !hostNetwork))
        {
            config.PortMappings.Add(new PortMapping
            {
                Protocol = port.Protocol switch { "UDP" => Protocol.Udp, "SCTP" => Protocol.Sctp, _ => Protocol.Tcp },
                ContainerPort = port.ContainerPort,
                HostPort = port.HostPort!.Value,
                HostIp = port.HostIP ?? "",
            });
        }

        return config;
    }

    public static NamespaceOption Namespaces(V1Pod pod) => new()
    {
        Network = pod.Spec.HostNetwork == true ? NamespaceMode.Node : NamespaceMode.Pod,
        Ipc = pod.Spec.HostIPC == true ? NamespaceMode.Node : NamespaceMode.Pod,
        Pid = pod.Spec.HostPID == true ? NamespaceMode.Node : pod.Spec.ShareProcessNamespace == true ? NamespaceMode.Pod : NamespaceMode.Container,
    };
}
