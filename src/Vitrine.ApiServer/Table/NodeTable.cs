using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Table;

/// <summary>What kubectl prints of nodes. Source: printNode of pkg/printers/internalversion.</summary>
internal static class NodeTable
{
    private const string RolePrefix = "node-role.kubernetes.io/";

    public static TableLayout Layout { get; } = new(
    [
        TableColumn.ObjectName,
        new("Status", "The status of the node"),
        new("Roles", "The roles of the node"),
        TableColumn.Age,
        new("Version", "Kubelet Version reported by the node."),
        new("Internal-IP", "The node's internal address.", 1),
        new("External-IP", "The node's external address.", 1),
        new("OS-Image", "OS Image reported by the node from /etc/os-release.", 1),
        new("Kernel-Version", "Kernel Version reported by the node from 'uname -r'.", 1),
        new("Container-Runtime", "ContainerRuntime Version reported by the node.", 1),
    ],
    static (node, now) =>
    [
        Ages.NameOf(node),
        Status(node),
        Roles(node),
        Ages.Of(node, now),
        node.TextAt("status.nodeInfo.kubeletVersion"),
        Address(node, "InternalIP"),
        Address(node, "ExternalIP"),
        OrUnknown(node.TextAt("status.nodeInfo.osImage")),
        OrUnknown(node.TextAt("status.nodeInfo.kernelVersion")),
        OrUnknown(node.TextAt("status.nodeInfo.containerRuntimeVersion")),
    ]);

    private static string Status(JsonObject node)
    {
        var ready = node["status"].Objects("conditions").FirstOrDefault(c => c.Text("type") == "Ready");
        var status = ready is null ? "Unknown" : ready.Text("status") == "True" ? "Ready" : "NotReady";
        return node["spec"].Flag("unschedulable") ? status + ",SchedulingDisabled" : status;
    }

    private static string Roles(JsonObject node)
    {
        var roles = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (label, value) in node["metadata"].Object("labels") ?? [])
        {
            if (label.StartsWith(RolePrefix, StringComparison.Ordinal) && label.Length > RolePrefix.Length)
            {
                roles.Add(label[RolePrefix.Length..]);
            }
            else if (label == "kubernetes.io/role" && value.AsText() is { Length: > 0 } role)
            {
                roles.Add(role);
            }
        }
        return roles.Count == 0 ? "<none>" : string.Join(',', roles);
    }

    private static string Address(JsonObject node, string type) =>
        node["status"].Objects("addresses").FirstOrDefault(a => a.Text("type") == type).Text("address") is { Length: > 0 } address ? address : "<none>";

    private static string OrUnknown(string text) => text.Length > 0 ? text : "<unknown>";
}
