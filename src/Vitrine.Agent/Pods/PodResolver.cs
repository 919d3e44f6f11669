using k8s.Models;
using Vitrine.Agent.Cri;

namespace Vitrine.Agent.Pods;

/// <summary>What a pod's /etc/resolv.conf will say, of a node that has no resolver of its own.</summary>
public static class PodResolver
{
    /// <param name="pod">as the API has it</param>
    /// <param name="servers">addresses of the cluster's DNS</param>
    /// <param name="domain">the cluster's</param>
    public static string Text(V1Pod pod, IReadOnlyList<string> servers, string domain)
    {
        var config = new PodDns(new DNSConfig(), servers, domain).Compute(pod);
        return string.Join('\n', config.Servers.Select(s => $"nameserver {s}").Append($"search {string.Join(' ', config.Searches)}").Append($"options {string.Join(' ', config.Options)}"));
    }
}
