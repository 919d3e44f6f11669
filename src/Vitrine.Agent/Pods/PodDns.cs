using k8s.Models;
using Vitrine.Agent.Cri;

namespace Vitrine.Agent.Pods;

/// <summary>A pod's resolver settings by dnsPolicy. Without a cluster DNS, ClusterFirst means the node's own, as kubelet does.</summary>
internal static class PodDns
{
    public static DNSConfig Compute(V1Pod pod, DNSConfig node)
    {
        var config = pod.Spec.DnsPolicy == "None" ? new DNSConfig() : node.Clone();
        if (pod.Spec.DnsConfig is not { } wanted)
        {
            return config;
        }

        config.Servers.AddRange((wanted.Nameservers ?? []).Except(config.Servers).ToList());
        config.Searches.AddRange((wanted.Searches ?? []).Except(config.Searches).ToList());
        foreach (var option in wanted.Options ?? [])
        {
            foreach (var same in config.Options.Where(o => o == option.Name || o.StartsWith(option.Name + ":", StringComparison.Ordinal)).ToList())
            {
                config.Options.Remove(same);
            }

            config.Options.Add(option.Value is { Length: > 0 } value ? $"{option.Name}:{value}" : option.Name);
        }

        return config;
    }
}
