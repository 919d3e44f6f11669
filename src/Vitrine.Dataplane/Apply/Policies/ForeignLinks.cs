using System.Collections.Immutable;
using System.Net;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Model.Plans;

namespace Vitrine.Dataplane.Apply.Policies;

/// <summary>
/// Links of pods that another CNI plugin wired: whose an address is says the API, which link leads to it says the kernel's routing. That is a link of the pod's own, or a bridge
/// that it shares with others. Such a pod is known once its status has its address.
/// </summary>
internal static class ForeignLinks
{
    // Bridged packets pass the IP hooks by this alone (Documentation/networking/bridge, br_netfilter).
    private const string BridgeHook = "bridge/bridge-nf-call-ip";

    /// <param name="socket">of the node's namespace</param>
    /// <param name="plan">whose pods are looked for</param>
    /// <param name="known">those of our own plugin, which say more</param>
    public static ImmutableArray<PodLink> Read(RtnetlinkSocket socket, PolicyPlan plan, ImmutableArray<PodLink> known)
    {
        var own = known.Select(l => l.Find(plan.Pods)?.Pod).ToHashSet();
        var pods = plan.Pods.Values.Where(p => !own.Contains(p.Pod)).OrderBy(p => p.Pod, StringComparer.Ordinal).ToArray();
        if (pods.Length == 0)
            return [];
        var links = socket.ListLinks().ToDictionary(l => l.Index);
        return
        [
            .. from pod in pods
               from address in plan.AddressesOf(pod.Pod)
               let link = links.GetValueOrDefault(IndexOf(socket, address))
               where link is not null
               group address by (pod, link) into behind
               select new PodLink(behind.Key.link.Name, behind.Key.pod.Uid, behind.Key.pod.Pod, IsCut: false, Bridged: behind.Key.link.Kind == "bridge", [.. behind]),
        ];
    }

    /// <summary>What keeps policies from being done among these, a sentence each.</summary>
    /// <param name="here">the node's namespace</param>
    /// <param name="plan">whose pods these are</param>
    /// <param name="foreign">as <see cref="Read"/> found them</param>
    public static IEnumerable<string> Unenforced(NetnsHandle here, PolicyPlan plan, ImmutableArray<PodLink> foreign)
    {
        if (plan.OwnPods.IsEmpty)
            yield return $"node {plan.NodeName} has no spec.podCIDR: a pod that starts is open until its address is in its status; give nodes ranges (kube-controller-manager --allocate-node-cidrs)";
        foreach (var bridge in foreign.Where(l => l.Bridged).Select(l => l.Name).Distinct())
            foreach (var family in new[] { "", "6" })
                if (Has(family) && here.Run(() => NetSysctl.Read($"{BridgeHook}{family}tables")) != "1")
                    yield return $"pods of this node send each other {(family.Length == 0 ? "IPv4" : "IPv6")} by the bridge {bridge}, where NetworkPolicies do not see it; load br_netfilter and set net.bridge.bridge-nf-call-ip{family}tables to 1";

        bool Has(string family) => foreign.Any(l => l.Addresses.Any(a => (a.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6) == (family.Length > 0)));
    }

    /// <summary>0 where it is none of this node's links: an address that is not wired yet goes to a gateway, or nowhere.</summary>
    private static int IndexOf(RtnetlinkSocket socket, IPAddress address)
    {
        try
        {
            return socket.FindRoute(new RouteLookup(address)) is { Type: RouteType.Unicast, Gateway: null } route ? route.LinkIndex : 0;
        }
        catch (LinuxException e) when (e.Errno is Errno.ENETUNREACH or Errno.EHOSTUNREACH or Errno.EACCES or Errno.EINVAL)
        {
            return 0;
        }
    }
}
