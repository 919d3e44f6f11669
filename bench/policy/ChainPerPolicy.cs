using System.Text;

namespace Vitrine.Bench.Policy;

/// <summary>The same policies in the shape that iptables taught: a chain per pod, which asks a chain per policy, which asks a set per rule; established connections pass first.</summary>
internal static class ChainPerPolicy
{
    internal static string Ruleset()
    {
        var groups = BenchTown.Snapshot().Pods.Values.GroupBy(p => p.Labels["group"]);
        var text = new StringBuilder("table inet policies {\n");
        foreach (var group in groups)
            text.Append($"  set {group.Key} {{ type ipv4_addr; elements = {{ {string.Join(", ", group.Select(p => p.Addresses[0]))} }}; }}\n");
        for (var i = 0; i < BenchTown.Pods * BenchTown.PerPod; i++)
            text.Append($"  chain policy-{i} {{ ip saddr @g{BenchTown.GroupOf(i)} tcp dport {{ {BenchTown.Port}, {8000 + i % BenchTown.PerPod} }} meta mark set 0x1; }}\n");
        for (var pod = 0; pod < BenchTown.Pods; pod++)
        {
            text.Append($"  chain pod-{pod} {{\n    ct state established,related accept\n");
            for (var i = 0; i < BenchTown.PerPod; i++)
                text.Append($"    jump policy-{pod * BenchTown.PerPod + i}\n");
            text.Append("    meta mark & 0x1 == 0x1 accept\n    drop\n  }\n");
        }
        text.Append("  chain forward {\n    type filter hook forward priority filter + 10;\n");
        for (var pod = 0; pod < BenchTown.Pods; pod++)
            text.Append($"    ip daddr {BenchTown.Own(pod)} jump pod-{pod}\n");
        return text.Append("  }\n}\n").ToString();
    }
}
