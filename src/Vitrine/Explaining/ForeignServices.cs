using System.Net;
using Vitrine.Attaching;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Nft;

namespace Vitrine.Explaining;

/// <summary>Who forwards to Services on this node where Vitrine does not, as his traces in the kernel tell.</summary>
/// <param name="Who">e.g. kube-proxy (iptables)</param>
/// <param name="Rules">his rules for one address and port, as iptables-save writes them; empty where none were found or nobody can list them</param>
internal sealed record ForeignServices(string Who, IReadOnlyList<string> Rules)
{
    public const string OwnTable = "vitrine-services";

    /// <summary>Null where Vitrine itself does, or nobody. It reads the namespace it is called in.</summary>
    /// <param name="address">of the Service</param>
    /// <param name="port">of the Service, or a node's</param>
    public static ForeignServices? Find(IPAddress? address, int port)
    {
        using var nft = NftSocket.Open();
        using var links = RtnetlinkSocket.Open();
        var tables = nft.ListTables();
        if (tables.Any(t => t.Name == OwnTable))
            return null;
        if (tables.Any(t => KubeProxyTraces.HasChain(nft, t)))
            return new ForeignServices(KubeProxyTraces.HasLink(links) ? "kube-proxy (IPVS)" : "kube-proxy (iptables)", [.. Trace(Saved(), address, port)]);
        return tables.Any(KubeProxyTraces.IsTable) ? new ForeignServices("kube-proxy (nftables)", []) : null;
    }

    /// <summary>The rules that take a packet to the address and port, and those of the chains they jump to, in order: the Service's, then its endpoints'.</summary>
    /// <param name="saved">lines of iptables-save -t nat</param>
    /// <param name="address">null for a node port</param>
    /// <param name="port">of the Service</param>
    internal static IEnumerable<string> Trace(IReadOnlyList<string> saved, IPAddress? address, int port)
    {
        var seen = new HashSet<string>();
        var chains = new Queue<string>();
        foreach (var rule in saved.Where(r => r.StartsWith("-A KUBE-SERVICES ", StringComparison.Ordinal) || r.StartsWith("-A KUBE-NODEPORTS ", StringComparison.Ordinal)))
            if (Has(rule, "--dport", $"{port}") && (rule.StartsWith("-A KUBE-NODEPORTS ", StringComparison.Ordinal) || (address is not null && Has(rule, "-d", $"{address}/{(address.GetAddressBytes().Length * 8)}"))))
            {
                yield return rule;
                Follow(rule);
            }
        while (chains.TryDequeue(out var chain))
            foreach (var rule in saved.Where(r => r.StartsWith($"-A {chain} ", StringComparison.Ordinal)))
            {
                yield return rule;
                Follow(rule);
            }

        void Follow(string rule)
        {
            if (Target(rule) is { } target && (target.StartsWith("KUBE-SVC-", StringComparison.Ordinal) || target.StartsWith("KUBE-SEP-", StringComparison.Ordinal) || target.StartsWith("KUBE-XLB-", StringComparison.Ordinal) || target.StartsWith("KUBE-EXT-", StringComparison.Ordinal)) && seen.Add(target))
                chains.Enqueue(target);
        }
    }

    private static bool Has(string rule, string option, string value) => rule.Split(' ') is var words && Enumerable.Range(0, words.Length - 1).Any(i => words[i] == option && words[i + 1] == value);

    private static string? Target(string rule) => rule.Split(' ') is var words && Array.IndexOf(words, "-j") is >= 0 and var at && at + 1 < words.Length ? words[at + 1] : null;

    private static string[] Saved()
    {
        if (Subprocess.Find("iptables-save") is null)
            return [];
        using var save = Subprocess.Start("iptables-save", ["-t", "nat"]);
        var lines = save.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        save.WaitForExit();
        return lines;
    }
}
