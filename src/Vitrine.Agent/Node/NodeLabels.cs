namespace Vitrine.Agent.Node;

/// <summary>The labels a node registers with (https://kubernetes.io/docs/reference/labels-annotations-taints/).</summary>
public static class NodeLabels
{
    public static Dictionary<string, string> Of(string nodeName, bool controlPlane)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["beta.kubernetes.io/arch"] = NodeStatusPlan.Architecture,
            ["beta.kubernetes.io/os"] = "linux",
            ["kubernetes.io/arch"] = NodeStatusPlan.Architecture,
            ["kubernetes.io/hostname"] = nodeName,
            ["kubernetes.io/os"] = "linux",
        };
        if (controlPlane)
        {
            labels["node-role.kubernetes.io/control-plane"] = "";
        }

        return labels;
    }
}
