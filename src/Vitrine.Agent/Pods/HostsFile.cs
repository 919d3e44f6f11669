using System.Text;
using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>The managed /etc/hosts of a pod, mounted into each container.</summary>
internal static class HostsFile
{
    /// <param name="fqdn">The name with its domain, for a pod that has a subdomain.</param>
    public static string Compute(V1Pod pod, string hostname, string? fqdn, IReadOnlyList<string> podIps)
    {
        var text = new StringBuilder("# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n"
            + "fe00::\tip6-localnet\nfe00::\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n");
        foreach (var ip in podIps)
        {
            text.Append(ip).Append('\t').Append(fqdn is null ? hostname : $"{fqdn}\t{hostname}").Append('\n');
        }

        AppendAliases(text, pod);
        return text.ToString();
    }

    /// <summary>A host-network pod sees its node's file, followed by its own aliases.</summary>
    public static string ComputeForHostNetwork(V1Pod pod, string nodeHosts)
    {
        var text = new StringBuilder("# Kubernetes-managed hosts file (host network).\n").Append(nodeHosts);
        AppendAliases(text, pod);
        return text.ToString();
    }

    private static void AppendAliases(StringBuilder text, V1Pod pod)
    {
        if (pod.Spec.HostAliases is not { Count: > 0 } aliases)
        {
            return;
        }

        text.Append("\n# Entries added by HostAliases.\n");
        foreach (var alias in aliases)
        {
            text.Append(alias.Ip).Append('\t').AppendJoin('\t', alias.Hostnames ?? []).Append('\n');
        }
    }
}
