using System.Text.Json.Nodes;

namespace Vitrine.Agent.Node;

/// <summary>The CNI network configuration containerd reads. 1.0.0 is the newest version containerd 1.6 understands.</summary>
public static class Conflist
{
    public const string FileName = "10-vitrine.conflist";

    /// <param name="podCidrs">One range per address family.</param>
    /// <param name="mtu">Bytes, of the node's own link; 0 leaves the kernel's default.</param>
    /// <param name="stateDirectory">Where the plugin keeps this node's leases.</param>
    /// <param name="networkPolicy">The data path beside enforces policies: no pod is to start before it can.</param>
    public static string Compile(IEnumerable<string> podCidrs, int mtu, string stateDirectory, bool networkPolicy = true)
    {
        var ranges = new JsonArray();
        var routes = new JsonArray();
        foreach (var cidr in podCidrs)
        {
            ranges.Add((JsonNode)new JsonArray(new JsonObject { ["subnet"] = cidr }));
            routes.Add((JsonNode)new JsonObject { ["dst"] = cidr.Contains(':', StringComparison.Ordinal) ? "::/0" : "0.0.0.0/0" });
        }

        var plugin = new JsonObject
        {
            ["type"] = "vitrine-cni",
            ["mode"] = "routed",
            ["mtu"] = mtu,
            ["networkPolicy"] = networkPolicy,
            ["capabilities"] = new JsonObject { ["portMappings"] = true, ["bandwidth"] = true },
            ["stateDir"] = stateDirectory,
            ["ipam"] = new JsonObject { ["ranges"] = ranges, ["routes"] = routes },
        };
        return new JsonObject { ["cniVersion"] = "1.0.0", ["name"] = "vitrine", ["plugins"] = new JsonArray(plugin) }.ToJsonString();
    }
}
