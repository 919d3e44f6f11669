using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Vitrine.Model;
using Vitrine.Model.Plans;

namespace Vitrine.Clusters;

/// <summary>What a cluster was made with; cluster.json in its state directory. Ranges are CIDR texts, one per address family, the primary first.</summary>
internal sealed partial record ClusterSpec
{
    public const string DefaultName = "default";
    public const string DefaultPodCidr = "10.244.0.0/16";
    public const string DefaultServiceCidr = "10.96.0.0/16";
    public const string DefaultNodeCidr = "172.30.0.0/24";
    public const int DefaultApiPort = 6443;

    public required string Name { get; init; }

    public required int ApiPort { get; init; }

    public required IReadOnlyList<string> PodCidrs { get; init; }

    public required IReadOnlyList<string> ServiceCidrs { get; init; }

    /// <summary>Ranges of the node bridge; the bridge itself has their first address, LoadBalancer addresses come from their end.</summary>
    public required IReadOnlyList<string> NodeCidrs { get; init; }

    /// <summary>Pools of LoadBalancer addresses as <see cref="AddressPool.Parse"/> reads them; null for the end of <see cref="NodeCidrs"/>, empty for none.</summary>
    public IReadOnlyList<string>? LoadBalancerPools { get; init; }

    /// <summary>Whether Services may have spec.externalIPs.</summary>
    public bool AllowExternalIPs { get; init; }

    /// <summary>File of the API server's audit events; null for none.</summary>
    public string? AuditLogPath { get; init; }

    /// <summary>A Policy of audit.k8s.io/v1; null for the metadata of everything.</summary>
    public string? AuditPolicyFile { get; init; }

    /// <summary>Bytes; of the bridge and of every link of nodes and pods.</summary>
    public required int Mtu { get; init; }

    /// <summary>Seconds of silence after which a node is NotReady.</summary>
    public required int NodeMonitorGracePeriod { get; init; }

    /// <summary>Seconds its pods stay on it then, unless they say otherwise.</summary>
    public required int DefaultTolerationSeconds { get; init; }

    /// <summary>"none", or "nat" for a way out of this machine (<see cref="HostEgress"/>).</summary>
    public required string Egress { get; init; }

    /// <summary>"runc" or "crun".</summary>
    public required string Runtime { get; init; }

    public DnsSettings Dns { get; init; } = new();

    /// <summary>More arguments of every node's agent, e.g. --eviction-hard=memory.available&lt;1Gi.</summary>
    public IReadOnlyList<string> AgentArguments { get; init; } = [];

    /// <summary>Kubeconfig the cluster's context was merged into.</summary>
    public required string Kubeconfig { get; init; }

    public required IReadOnlyList<NodeSpec> Nodes { get; init; }

    /// <summary>Of the map on 127.0.0.1, unless somebody has it.</summary>
    [JsonIgnore]
    public int MapPort => ApiPort + 100 <= 65_535 ? ApiPort + 100 : ApiPort - 100;

    [JsonIgnore]
    public string Context => $"vitrine-{Name}";

    /// <summary>The host's addresses on the bridge, in the order of the families.</summary>
    [JsonIgnore]
    public IReadOnlyList<IPAddress> BridgeAddresses => [.. Parse(NodeCidrs).Select(r => Subnets.At(r, 1))];

    /// <summary>The addresses of the `kubernetes` Service: the first of the Service ranges (KEP-1880).</summary>
    [JsonIgnore]
    public IEnumerable<IPAddress> ApiServiceAddresses => Parse(ServiceCidrs).Select(r => Subnets.At(r, 1));

    /// <summary>The addresses of the cluster's DNS: the tenth of the Service ranges, as kubeadm has it.</summary>
    [JsonIgnore]
    public IEnumerable<IPAddress> DnsAddresses => Parse(ServiceCidrs).Select(r => Subnets.At(r, 10));

    /// <summary>What LoadBalancer Services get addresses from. No node gets one of these.</summary>
    [JsonIgnore]
    public IReadOnlyList<AddressPool> Pools => LoadBalancerPools is null ? [.. Parse(NodeCidrs).Select(AddressPool.AtEndOf)] : [.. LoadBalancerPools.Select(p => AddressPool.Parse(p)!)];

    /// <summary>Where nodes find the API server.</summary>
    [JsonIgnore]
    public IPEndPoint ApiOnBridge => new(BridgeAddresses[0], ApiPort);

    [JsonIgnore]
    public IEnumerable<(string Flag, IPNetwork Range)> AllRanges =>
        [.. Parse(PodCidrs).Select(r => ("--pod-cidr", r)), .. Parse(ServiceCidrs).Select(r => ("--service-cidr", r)), .. Parse(NodeCidrs).Select(r => ("--node-cidr", r))];

    [JsonIgnore]
    public IEnumerable<NodeSpec> RunningNodes => Nodes.Where(n => !n.Stopped);

    public static IEnumerable<IPNetwork> Parse(IEnumerable<string> cidrs) => cidrs.Select(c => IPNetwork.Parse(c));

    /// <summary>A node with the lowest addresses no other node has; the bridge has the first.</summary>
    public NodeSpec NewNode(string name, bool controlPlane)
    {
        var taken = Nodes.SelectMany(n => n.Addresses).ToHashSet();
        foreach (var offset in Enumerable.Range(2, 250))
        {
            var addresses = Parse(NodeCidrs).Where(r => r.Contains(Subnets.At(r, (UInt128)offset))).Select(r => $"{Subnets.At(r, (UInt128)offset)}").ToArray();
            if (addresses.Length == NodeCidrs.Count && !addresses.Any(a => taken.Contains(a) || Pools.Any(p => p.Contains(IPAddress.Parse(a)))))
            {
                return new NodeSpec(name, addresses, controlPlane);
            }
        }

        throw new CommandFailure($"no address of {string.Join(", ", NodeCidrs)} is left for node {name}", "remove a node, or bring the cluster up with a larger --node-cidr");
    }

    /// <summary>With node-1 to node-COUNT beside those it has. With more than one the first is a control plane and keeps pods off. Throws <see cref="CommandFailure"/> for too many.</summary>
    public ClusterSpec WithNodes(int count)
    {
        if (count is < 1 or > 100)
        {
            throw new CommandFailure($"--nodes {count}: a cluster has 1 to 100 nodes", "a node takes about 100 MB of memory");
        }

        foreach (var ranges in Parse(PodCidrs).Select(ClusterCidr.Of).Where(r => Subnets.Shares(r.Range, r.NodePrefixLength) < count))
        {
            throw new CommandFailure($"--pod-cidr {ranges.Range} has no /{ranges.NodePrefixLength} for each of {count} nodes", "give a larger --pod-cidr, e.g. a /16");
        }

        var spec = this;
        for (var i = 1; i <= count; i++)
        {
            spec = spec with { Nodes = [.. spec.Nodes, spec.NewNode($"node-{i}", controlPlane: i == 1) with { Tainted = i == 1 && count > 1 }] };
        }

        return spec;
    }

    /// <summary>Throws <see cref="CommandFailure"/> unless the text may name a cluster, and so a folder, a cgroup and a context.</summary>
    public static string RequireName(string name) => NameGrammar().IsMatch(name)
        ? name
        : throw new CommandFailure($"\"{name}\" cannot name a cluster", "use at most 32 lower-case letters, digits and dashes, beginning and ending with a letter or digit");

    /// <summary>Throws <see cref="CommandFailure"/> unless the text may name a Node, and so a folder and a host name (RFC 1123 label).</summary>
    public static string RequireNodeName(string name) => NodeNameGrammar().IsMatch(name)
        ? name
        : throw new CommandFailure($"\"{name}\" cannot name a node", "use at most 63 lower-case letters, digits and dashes, beginning and ending with a letter or digit");

    /// <summary>The cluster's spec, or null when there is no such cluster.</summary>
    public static ClusterSpec? Read(ClusterPaths paths)
    {
        if (!File.Exists(paths.Spec))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(paths.Spec), ClusterJson.Default.ClusterSpec);
        }
        catch (JsonException e)
        {
            throw new CommandFailure($"{paths.Spec} is damaged: {e.Message}", $"vitrine down --name {paths.Name} removes the cluster");
        }
    }

    public static ClusterSpec Require(ClusterPaths paths) =>
        Read(paths) ?? throw new CommandFailure($"there is no cluster \"{paths.Name}\"", $"vitrine up --name {paths.Name} makes it");

    public void Write(ClusterPaths paths) =>
        PrivateFile.Write(paths.Spec, JsonSerializer.SerializeToUtf8Bytes(this, ClusterJson.Default.ClusterSpec));

    [GeneratedRegex("^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$")]
    private static partial Regex NameGrammar();

    [GeneratedRegex("^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")]
    private static partial Regex NodeNameGrammar();
}
