using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Vitrine.Bench.Services;

/// <summary>The same Services as kube-proxy's nftables mode writes them (KEP-3866): a verdict map to one chain per Service, which spreads over one chain per endpoint.</summary>
internal static class ProxyShaped
{
    internal static string Ruleset(int services)
    {
        var text = new StringBuilder("""
            add table ip kube-proxy { comment "rules for kube-proxy"; }
            add chain ip kube-proxy mark-for-masquerade
            add rule ip kube-proxy mark-for-masquerade mark set mark or 0x4000
            add chain ip kube-proxy masquerading
            add rule ip kube-proxy masquerading mark and 0x4000 == 0 return
            add rule ip kube-proxy masquerading mark set mark xor 0x4000
            add rule ip kube-proxy masquerading masquerade fully-random
            add chain ip kube-proxy reject-chain { comment "helper for @no-endpoint-services / @no-endpoint-nodeports"; }
            add rule ip kube-proxy reject-chain reject
            add set ip kube-proxy cluster-ips { type ipv4_addr; comment "Active ClusterIPs"; }
            add map ip kube-proxy firewall-ips { type ipv4_addr . inet_proto . inet_service : verdict; comment "destinations that are subject to LoadBalancerSourceRanges"; }
            add map ip kube-proxy no-endpoint-services { type ipv4_addr . inet_proto . inet_service : verdict; comment "vmap to drop or reject packets to services with no endpoints"; }
            add map ip kube-proxy no-endpoint-nodeports { type inet_proto . inet_service : verdict; comment "vmap to drop or reject packets to service nodeports with no endpoints"; }
            add map ip kube-proxy service-ips { type ipv4_addr . inet_proto . inet_service : verdict; comment "ClusterIP, ExternalIP and LoadBalancer IP traffic"; }
            add map ip kube-proxy service-nodeports { type inet_proto . inet_service : verdict; comment "NodePort traffic"; }
            add chain ip kube-proxy services
            add rule ip kube-proxy services ip daddr . meta l4proto . th dport vmap @service-ips
            add rule ip kube-proxy services fib daddr type local ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap @service-nodeports
            add chain ip kube-proxy cluster-ips-check
            add rule ip kube-proxy cluster-ips-check ip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"
            add chain ip kube-proxy service-endpoints-check
            add rule ip kube-proxy service-endpoints-check ip daddr . meta l4proto . th dport vmap @no-endpoint-services
            add chain ip kube-proxy nodeport-endpoints-check
            add rule ip kube-proxy nodeport-endpoints-check fib daddr type local meta l4proto . th dport vmap @no-endpoint-nodeports
            add chain ip kube-proxy firewall-check
            add rule ip kube-proxy firewall-check ip daddr . meta l4proto . th dport vmap @firewall-ips
            add chain ip kube-proxy filter-prerouting { type filter hook prerouting priority -110; }
            add rule ip kube-proxy filter-prerouting ct state new jump firewall-check
            add chain ip kube-proxy filter-input { type filter hook input priority -110; }
            add rule ip kube-proxy filter-input ct state new jump nodeport-endpoints-check
            add rule ip kube-proxy filter-input ct state new jump service-endpoints-check
            add chain ip kube-proxy filter-forward { type filter hook forward priority -110; }
            add rule ip kube-proxy filter-forward ct state new jump service-endpoints-check
            add rule ip kube-proxy filter-forward ct state new jump cluster-ips-check
            add chain ip kube-proxy filter-output { type filter hook output priority -110; }
            add rule ip kube-proxy filter-output ct state new jump service-endpoints-check
            add rule ip kube-proxy filter-output ct state new jump firewall-check
            add chain ip kube-proxy filter-output-post-dnat { type filter hook output priority -90; }
            add rule ip kube-proxy filter-output-post-dnat ct state new jump cluster-ips-check
            add chain ip kube-proxy nat-prerouting { type nat hook prerouting priority -100; }
            add rule ip kube-proxy nat-prerouting jump services
            add chain ip kube-proxy nat-output { type nat hook output priority -100; }
            add rule ip kube-proxy nat-output jump services
            add chain ip kube-proxy nat-postrouting { type nat hook postrouting priority 100; }
            add rule ip kube-proxy nat-postrouting jump masquerading

            """);
        for (var i = 0; i < services; i++)
        {
            var (vip, backends, name) = (BenchCluster.Vip(i), BenchCluster.Backends(i), $"default/service-{i}/tcp/");
            var chain = $"service-{Hash(name)}-{name}";
            text.Append($"add chain ip kube-proxy {chain}\n");
            text.Append($"add rule ip kube-proxy {chain} ip daddr {vip} tcp dport {BenchCluster.Port} ip saddr != 10.244.0.0/16 jump mark-for-masquerade\n");
            foreach (var backend in backends)
            {
                var endpoint = Endpoint(name, backend);
                text.Append($"add chain ip kube-proxy {endpoint}\n");
                text.Append($"add rule ip kube-proxy {endpoint} ip saddr {backend} jump mark-for-masquerade\n");
                text.Append($"add rule ip kube-proxy {endpoint} meta l4proto tcp dnat to {backend}:{BenchCluster.TargetPort}\n");
            }
            text.Append($"add rule ip kube-proxy {chain} numgen random mod {backends.Length} vmap {{ {string.Join(" , ", backends.Select((b, n) => $"{n} : goto {Endpoint(name, b)}"))} }}\n");
            text.Append($"add element ip kube-proxy cluster-ips {{ {vip} }}\n");
            text.Append($"add element ip kube-proxy service-ips {{ {vip} . tcp . {BenchCluster.Port} comment \"{name}\" : goto {chain} }}\n");
        }
        return text.ToString();
    }

    private static string Endpoint(string name, IPAddress backend) => $"endpoint-{Hash($"{name} {backend}")}-{name}__{backend}/{BenchCluster.TargetPort}";

    private static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8];
}
