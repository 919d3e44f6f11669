using System.Globalization;
using System.Text;
using Vitrine.Linux.Netns;

namespace Vitrine.Dataplane;

/// <summary>What policies dropped, in Prometheus' text format (0.0.4): as many series as there are policies with a say in a direction.</summary>
public static class PolicyMetrics
{
    /// <summary>Empty where the node has no table.</summary>
    public static string Render(NetnsHandle netns) => PolicyTables.Drops(netns) is { } drops ? Render(drops) : "";

    internal static string Render(IReadOnlyList<PolicyDrops> drops)
    {
        var text = new StringBuilder();
        Family(text, drops, "vitrine_policy_dropped_packets_total", "Packets a policy did not let through; with an empty policy those of addresses whose pod the node did not know yet.", static d => d.Packets);
        Family(text, drops, "vitrine_policy_dropped_bytes_total", "Bytes of them.", static d => d.Bytes);
        return text.ToString();
    }

    private static void Family(StringBuilder text, IReadOnlyList<PolicyDrops> drops, string name, string help, Func<PolicyDrops, ulong> value)
    {
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} counter\n");
        foreach (var d in drops)
        {
            var (kind, ns, policy) = d.Policy?.Split('/') is [var k, var s, var p] ? (k, s, p) : ("", "", "");
            text.Append(CultureInfo.InvariantCulture, $"{name}{{kind=\"{kind}\",namespace=\"{ns}\",policy=\"{policy}\",direction=\"{d.Direction}\"}} {value(d)}\n");
        }
    }
}
