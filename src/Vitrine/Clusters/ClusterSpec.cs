using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Vitrine.Clusters;

/// <summary>One node of a cluster: a network, mount and UTS namespace on the cluster's bridge.</summary>
internal sealed record NodeSpec(string Name, string Address, bool ControlPlane);

/// <summary>What a cluster was made with; cluster.json in its state directory. Ranges are CIDR texts.</summary>
internal sealed partial record ClusterSpec
{
    public const string DefaultName = "default";
    public const string DefaultPodCidr = "10.244.0.0/16";
    public const string DefaultServiceCidr = "10.96.0.0/16";
    public const string DefaultNodeCidr = "172.30.0.0/24";
    public const int DefaultApiPort = 6443;

    public required string Name { get; init; }

    public required int ApiPort { get; init; }

    public required string PodCidr { get; init; }

    public required string ServiceCidr { get; init; }

    /// <summary>Range of the node bridge; the bridge itself has its first address, LoadBalancer addresses come from its end.</summary>
    public required string NodeCidr { get; init; }

    /// <summary>"runc" or "crun".</summary>
    public required string Runtime { get; init; }

    /// <summary>Kubeconfig the cluster's context was merged into.</summary>
    public required string Kubeconfig { get; init; }

    public required IReadOnlyList<NodeSpec> Nodes { get; init; }

    [JsonIgnore]
    public string Context => $"vitrine-{Name}";

    [JsonIgnore]
    public IPAddress BridgeAddress => Ranges.AddressAt(IPNetwork.Parse(NodeCidr), 1);

    /// <summary>The address of the `kubernetes` Service: the first of the Service range (KEP-1880).</summary>
    [JsonIgnore]
    public IPAddress ApiServiceAddress => Ranges.AddressAt(IPNetwork.Parse(ServiceCidr), 1);

    [JsonIgnore]
    public IEnumerable<(string Flag, string Cidr)> AllRanges => [("--pod-cidr", PodCidr), ("--service-cidr", ServiceCidr), ("--node-cidr", NodeCidr)];

    /// <summary>Throws <see cref="CommandFailure"/> unless the text may name a cluster, and so a folder, a cgroup and a context.</summary>
    public static string RequireName(string name) => NameGrammar().IsMatch(name)
        ? name
        : throw new CommandFailure($"\"{name}\" cannot name a cluster", "use at most 32 lower-case letters, digits and dashes, beginning and ending with a letter or digit");

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
}
