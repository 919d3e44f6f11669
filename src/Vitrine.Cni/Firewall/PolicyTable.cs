using Vitrine.Linux.Nft;

namespace Vitrine.Cni.Firewall;

/// <summary>
/// The table <c>vitrine-policy</c>, which the node's data path keeps. While it is there, a pod it has not heard of is closed; without it (at the first boot,
/// after a flush) everything is open, so no pod may start.
/// </summary>
internal static class PolicyTable
{
    private const string Name = "vitrine-policy";

    /// <exception cref="CniException">try again later (11)</exception>
    internal static void Require()
    {
        using var nft = NftSocket.Open();
        if (!nft.ListTables().Any(t => t.Name == Name))
            throw new CniException(ErrorCode.TryAgain, $"nftables table {Name} is missing, so NetworkPolicies would not hold",
                "the node's data path writes it once it knows the cluster; the runtime tries again, nothing was changed");
    }
}
