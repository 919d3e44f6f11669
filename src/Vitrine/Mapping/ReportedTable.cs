using Vitrine.Linux.Interop;
using Vitrine.Linux.Netns;
using Vitrine.Linux.Nft;

namespace Vitrine.Mapping;

/// <summary>An nftables table of a namespace.</summary>
/// <param name="Name">with its family, as nft writes it: "inet vitrine-services"</param>
/// <param name="Chains">how many</param>
/// <param name="Rules">in all chains</param>
/// <param name="Sets">sets and maps</param>
internal sealed record ReportedTable(string Name, int Chains, int Rules, int Sets)
{
    /// <summary>Of a namespace as it is now; none where it goes away at this moment, or where the kernel lets nobody ask.</summary>
    public static IReadOnlyList<ReportedTable> Read(NetnsHandle netns)
    {
        try
        {
            using var nft = NftSocket.OpenIn(netns);
            return [.. nft.ListTables().Select(t => new ReportedTable($"{t}", nft.ListChains(t).Count, nft.ListRules(t).Count, nft.ListSets(t).Count)).OrderBy(t => t.Name, StringComparer.Ordinal)];
        }
        catch (LinuxException)
        {
            return [];
        }
    }
}
