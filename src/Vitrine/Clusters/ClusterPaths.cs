using System.Security.Cryptography;
using System.Text;

namespace Vitrine.Clusters;

/// <summary>Where one cluster keeps things. State survives a reboot; run files do not.</summary>
internal sealed class ClusterPaths(string name)
{
    public const string StateRoot = "/var/lib/vitrine";
    public const string RunRoot = "/run/vitrine";

    public string Name { get; } = ClusterSpec.RequireName(name);

    public static string Images => $"{StateRoot}/images";

    public static string DebCache => "/var/cache/vitrine/debs";

    public string State => $"{StateRoot}/clusters/{Name}";

    public string Run => $"{RunRoot}/{Name}";

    public string Spec => $"{State}/cluster.json";

    /// <summary>Held while nodes are added, removed, stopped or started.</summary>
    public string NodesLock => $"{Run}/nodes.lock";

    /// <summary>Links to the map, and who has followed one.</summary>
    public string MapFolder => $"{Run}/map";

    /// <summary>Says where the map is served; there while it is.</summary>
    public string MapPort => $"{MapFolder}/port";

    public string Pki => $"{State}/pki";

    public string ServerData => $"{State}/server";

    public string Logs => $"{State}/logs";

    /// <summary>Pins of the nodes' namespaces; a private mount of its own, as a pinned mount namespace needs.</summary>
    public string Pins => $"{Run}/ns";

    /// <summary>Root of everything the cluster runs, in every cgroup hierarchy.</summary>
    public string Cgroup => $"/vitrine-{Name}";

    /// <summary>Interface name of the node bridge, at most 15 characters (IFNAMSIZ - 1).</summary>
    public string Bridge => Name.Length <= 11 ? $"vtr-{Name}" : $"vtr-{Short(Name, 11)}";

    public string Kubeconfig(string who) => $"{State}/{who}.kubeconfig";

    public string Log(string component) => $"{Logs}/{component}.log";

    public string Pid(string component) => $"{Run}/{component}.pid";

    public string NodeData(string node) => $"{State}/nodes/{node}";

    public string NodeRun(string node) => $"{Run}/{node}";

    public string NodePin(string node, string kind) => $"{Pins}/{node}.{kind}";

    public string NodeCgroup(string node) => $"{Cgroup}/{node}";

    /// <summary>Host end of a node's link to the bridge.</summary>
    public string NodeLink(string node) => $"vn{Short($"{Name}/{node}", 12)}";

    /// <summary>Names of all clusters that have state on this machine.</summary>
    public static IEnumerable<string> All() =>
        Directory.Exists($"{StateRoot}/clusters")
            ? Directory.EnumerateDirectories($"{StateRoot}/clusters").Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)
            : [];

    private static string Short(string text, int length) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..length];
}
