using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>A pod's own name: hostname, subdomain, setHostnameAsFQDN, hostnameOverride. Source: GeneratePodHostNameAndDomain of pkg/kubelet.</summary>
internal static class PodHostname
{
    private const int MaxLabel = 63;

    // __NEW_UTS_LEN of linux/utsname.h.
    private const int MaxName = 64;

    /// <summary>What the container's kernel says.</summary>
    /// <exception cref="ConfigException">It does not fit.</exception>
    public static string Of(V1Pod pod, string clusterDomain)
    {
        if (pod.Spec.SetHostnameAsFQDN != true || Fqdn(pod, clusterDomain) is not { } name)
        {
            return Short(pod);
        }

        return name.Length <= MaxName ? name : throw new ConfigException($"Failed to construct FQDN from pod hostname and cluster domain, FQDN {name} is too long ({MaxName} characters is the max, {name.Length} characters requested)");
    }

    /// <summary>HOSTNAME.SUBDOMAIN.NAMESPACE.svc.DOMAIN, or null for a pod without a subdomain.</summary>
    public static string? Fqdn(V1Pod pod, string clusterDomain) =>
        pod.Spec.Subdomain is { Length: > 0 } subdomain && pod.Spec.HostnameOverride is not { Length: > 0 }
            ? $"{Short(pod)}.{subdomain}.{pod.Metadata.NamespaceProperty}.svc.{clusterDomain}"
            : null;

    /// <summary>hostnameOverride, hostname or the pod's name; RFC 1123 ends a label at 63 bytes.</summary>
    public static string Short(V1Pod pod)
    {
        if (pod.Spec.HostnameOverride is { Length: > 0 } given)
        {
            return given;
        }

        var name = pod.Spec.Hostname is { Length: > 0 } own ? own : pod.Metadata.Name;
        return name.Length <= MaxLabel ? name : name[..MaxLabel].TrimEnd('-', '.');
    }
}
