using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Model.Plans.Dns;

namespace Vitrine.Model.Explain.Services;

/// <summary>Resolves a name as the asker's resolver does: resolv.conf's search list and ndots (resolv.conf(5)), and the cluster's zone as it is planned.</summary>
public static class NameWalk
{
    /// <param name="scene">the cluster</param>
    /// <param name="plan">its zone</param>
    /// <param name="dns">addresses of the cluster's DNS</param>
    /// <param name="asker">who asks</param>
    /// <param name="resolver">the asker's resolv.conf</param>
    /// <param name="name">what is asked for; a final dot switches the search list off</param>
    /// <param name="family">null takes IPv4 where there is any</param>
    public static NameResult Resolve(Scene scene, DnsPlan plan, ImmutableArray<IPAddress> dns, Place asker, ResolverSettings resolver, string name, AddressFamily? family)
    {
        var hops = ImmutableArray.CreateBuilder<Hop>();
        hops.Add(new Hop(asker.Object, $"looks for {name}: search {(resolver.Search.IsEmpty ? "nothing" : string.Join(' ', resolver.Search))}, ndots:{resolver.Ndots}", asker.Object,
            resolver.Servers.IsEmpty ? null : $"/etc/resolv.conf: nameserver {string.Join(' ', resolver.Servers)}") { Observed = resolver.Observed });
        var server = scene.Snapshot.Pods.TryGetValue(asker.PodKey ?? "", out var pod) && pod.NodeName is { } home ? Place.Node(home) : asker.NodeName is { } node ? Place.Node(node) : asker.Object;
        if (!resolver.Servers.Any(s => IPAddress.TryParse(s, out var address) && dns.Contains(address)))
            return new NameResult(hops.ToImmutable(), name, [], asker.Object)
            {
                Failure = new Leg([], Verdict.LeavesCluster, $"{asker.Object} asks {(resolver.Servers.IsEmpty ? "nobody" : string.Join(", ", resolver.Servers))}, which is not the cluster's DNS ({string.Join(", ", dns)})")
                {
                    Culprit = asker.Object, Fix = asker.PodKey is null ? "ask from a pod, or give the address" : "set dnsPolicy of the pod to ClusterFirst (of a host-network pod: ClusterFirstWithHostNet)",
                },
            };
        foreach (var candidate in Candidates(name, resolver))
        {
            if (!plan.Covers(candidate))
            {
                if (candidate == name.TrimEnd('.'))
                    break;
                continue;
            }
            foreach (var type in family switch { AddressFamily.InterNetworkV6 => [DnsType.AAAA], AddressFamily.InterNetwork => [DnsType.A], _ => (DnsType[])[DnsType.A, DnsType.AAAA] })
            {
                var answer = plan.Resolve(candidate, type);
                if (answer.Outside is { } outside)
                {
                    hops.Add(new Hop(server, $"{candidate} is another name for {outside}, which is none of the cluster's", answer.Sets[0].Owner, Entry(answer)));
                    return new NameResult(hops.ToImmutable(), candidate, [], answer.Sets[0].Owner)
                    {
                        Failure = new Leg([], Verdict.LeavesCluster, $"{candidate} leads to {outside}, whose address the cluster does not know") { Culprit = answer.Sets[0].Owner },
                    };
                }
                var addresses = answer.Sets.Where(s => s.Type == type).SelectMany(s => s.Values).Select(v => v.Address).OfType<IPAddress>().ToImmutableArray();
                if (addresses.IsEmpty)
                    continue;
                hops.Add(new Hop(server, $"the node's DNS answers {candidate}: {string.Join(", ", addresses.Take(4))}{(addresses.Length > 4 ? $" and {addresses.Length - 4} more" : "")}", answer.Sets[^1].Owner, Entry(answer)) { Observed = false });
                return new NameResult(hops.ToImmutable(), candidate, addresses, answer.Sets[^1].Owner);
            }
        }
        var fault = NameFault.Of(scene, plan, name.TrimEnd('.'), asker.PodKey?.Split('/')[0]);
        hops.Add(new Hop(server, fault.Verdict == Verdict.LeavesCluster ? "the node's DNS asks others for it" : $"the node's DNS says NXDOMAIN to every one of {string.Join(", ", Candidates(name, resolver).Where(plan.Covers).DefaultIfEmpty(name))}", fault.Culprit ?? server, null, fault.Verdict == Verdict.LeavesCluster) { Observed = false });
        return new NameResult(hops.ToImmutable(), name, [], fault.Culprit ?? "") { Failure = fault };
    }

    /// <summary>What the resolver asks for, in its order.</summary>
    internal static IEnumerable<string> Candidates(string name, ResolverSettings resolver)
    {
        if (name.EndsWith('.'))
            return [name.TrimEnd('.')];
        var searched = resolver.Search.Select(s => $"{name}.{s.TrimEnd('.')}");
        return name.Count(c => c == '.') >= resolver.Ndots ? searched.Prepend(name) : searched.Append(name);
    }

    private static string Entry(DnsAnswer answer) => answer.Sets[0].ToString().Split('\n')[0].Split(" ;")[0];
}
