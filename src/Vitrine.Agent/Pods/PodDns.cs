using k8s.Models;
using Vitrine.Agent.Cri;

namespace Vitrine.Agent.Pods;

/// <summary>
/// A pod's resolver settings by dnsPolicy and dnsConfig, as kubelet makes them (https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/).
/// Without a cluster DNS, ClusterFirst means the node's own.
/// </summary>
/// <param name="node">What the node's resolv.conf says.</param>
/// <param name="servers">Addresses of the cluster's DNS.</param>
/// <param name="domain">The cluster's domain.</param>
internal sealed class PodDns(DNSConfig node, IReadOnlyList<string> servers, string domain)
{
    /// <summary>glibc reads no more than three servers (MAXNS); since 2.26 any number of search domains, which Kubernetes ends at 32 and 2048 characters.</summary>
    public const int MaxServers = 3, MaxSearches = 32, MaxSearchCharacters = 2048;

    public DNSConfig Compute(V1Pod pod)
    {
        var config = pod.Spec.DnsPolicy switch
        {
            "None" => new DNSConfig(),
            "Default" => node.Clone(),
            "ClusterFirstWithHostNet" => ClusterFirst(pod),
            _ => pod.Spec.HostNetwork == true ? node.Clone() : ClusterFirst(pod),
        };
        return Limit(Append(config, pod.Spec.DnsConfig));
    }

    private DNSConfig ClusterFirst(V1Pod pod)
    {
        if (servers.Count == 0)
        {
            return node.Clone();
        }

        // The node's own servers are not asked: the cluster's DNS forwards to them. Its search domains are still tried, last.
        var config = new DNSConfig();
        config.Servers.AddRange(servers);
        config.Searches.AddRange(new[] { $"{pod.Metadata.NamespaceProperty}.svc.{domain}", $"svc.{domain}", domain }.Concat(node.Searches).Distinct());
        // NAME.NAMESPACE.svc and _PORT._TCP.NAME.NAMESPACE are tried with the search list first.
        config.Options.Add("ndots:5");
        return config;
    }

    private static DNSConfig Append(DNSConfig config, V1PodDNSConfig? wanted)
    {
        config.Servers.AddRange((wanted?.Nameservers ?? []).Except(config.Servers).ToList());
        config.Searches.AddRange((wanted?.Searches ?? []).Except(config.Searches).ToList());
        foreach (var option in wanted?.Options ?? [])
        {
            foreach (var same in config.Options.Where(o => o == option.Name || o.StartsWith(option.Name + ":", StringComparison.Ordinal)).ToList())
            {
                config.Options.Remove(same);
            }

            config.Options.Add(option.Value is { Length: > 0 } value ? $"{option.Name}:{value}" : option.Name);
        }

        return config;
    }

    private static DNSConfig Limit(DNSConfig config)
    {
        while (config.Servers.Count > MaxServers)
        {
            config.Servers.RemoveAt(MaxServers);
        }

        while (config.Searches.Count > MaxSearches || config.Searches.Sum(s => s.Length + 1) - 1 > MaxSearchCharacters)
        {
            config.Searches.RemoveAt(config.Searches.Count - 1);
        }

        return config;
    }
}
