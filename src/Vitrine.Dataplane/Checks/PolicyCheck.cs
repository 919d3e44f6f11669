using Vitrine.Dataplane.Apply.Policies;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Linux.Nft;

namespace Vitrine.Dataplane.Checks;

/// <summary>Whether NetworkPolicies hold on a node: the table is there, and no pod's packets pass beside it.</summary>
public static class PolicyCheck
{
    private const string Subject = "NetworkPolicies";

    /// <param name="netns">the node's network namespace</param>
    public static IEnumerable<CheckVerdict> Run(NetnsHandle netns)
    {
        using var routes = RtnetlinkSocket.OpenIn(netns);
        using var nft = NftSocket.OpenIn(netns);
        if (!nft.ListTables().Contains(PolicyTables.SkeletonOf(netns).Table))
            yield return CheckVerdict.Bad(Subject, $"nftables table {PolicySkeleton.Name} is missing: nothing is enforced, and no pod starts", "is the node's agent running? it writes the table within two seconds");
        else
            yield return CheckVerdict.Good(Subject, $"nftables table {PolicySkeleton.Name}");
        foreach (var pod in PodLink.Read(routes).Where(p => p.Bridged))
            yield return CheckVerdict.Bad($"{Subject}: pod {pod.Pod ?? pod.Uid}", pod.BridgedFault, PodLink.BridgedFix);
    }
}
