using System.CommandLine;
using Vitrine.Linux.Netns;

namespace Vitrine.Clusters;

/// <summary>The nodes a verb looks into: all of the cluster's, or one.</summary>
internal static class NodeChoice
{
    public static Option<string?> Option() => new("--node") { Description = "Name of the node (default: all)." };

    /// <param name="spec">the cluster</param>
    /// <param name="wanted">a node's name; null for all</param>
    public static NodeSpec[] Of(ClusterSpec spec, string? wanted)
    {
        var nodes = spec.Nodes.Where(n => wanted is null || n.Name == wanted).ToArray();
        return nodes.Length > 0 ? nodes
            : throw new CommandFailure($"the cluster \"{spec.Name}\" has no node {wanted}", $"its nodes: {string.Join(", ", spec.Nodes.Select(n => n.Name))}");
    }

    public static NetnsHandle Network(ClusterPaths paths, ClusterSpec spec, NodeSpec node) =>
        NetnsHandle.TryOpen(paths.NodePin(node.Name, "net")) ?? throw new CommandFailure($"node {node.Name} is not up", $"vitrine node start {node.Name} --name {spec.Name}");
}
