using System.Runtime.CompilerServices;
using k8s.Models;
using Vitrine.Agent.Pods;
using Vitrine.ApiServer.Schema;
using Xunit;

namespace Vitrine.Unit.Agent.Pods;

/// <summary>docs/pod-fields.md against the schema, and against what the node refuses.</summary>
public sealed class PodFieldListTests
{
    private const string Core = "io.k8s.api.core.v1.";

    // Refused elsewhere than in the node's list: by the API, by kubelet's own words, or where volumes are mounted.
    private static readonly string[] Elsewhere = ["EphemeralContainer", "Volume", "VolumeProjection", "PodSecurityContext.appArmorProfile", "SecurityContext.appArmorProfile"];

    private readonly Dictionary<string, (HashSet<string> Done, HashSet<string> Refused, HashSet<string> NoEffect)> rows = Read();

    [Fact]
    public void Every_field_a_pod_may_have_is_in_one_list_and_in_one_only()
    {
        var (seen, faults) = (new HashSet<string>(), new List<string>());
        Walk(SchemaSet.Get(Core + "PodSpec"), seen, faults);
        Assert.Empty(faults);
        Assert.Empty(rows.Keys.Except(seen));
    }

    [Fact]
    public void The_node_refuses_what_the_table_says()
    {
        var listed = rows.SelectMany(r => r.Value.Refused.Select(f => $"{r.Key}.{f}")).Where(f => !Elsewhere.Contains(f) && !Elsewhere.Contains(f.Split('.')[0]));
        Assert.Equal(listed.Order(StringComparer.Ordinal), UnsupportedField.All.Select(f => f.Field).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_plain_pod_asks_for_none_of_it() => Assert.DoesNotContain(UnsupportedField.All, f => f.Asks(PodBuilder.Pod(inits: ["i"])));

    private void Walk(SchemaType type, HashSet<string> seen, List<string> faults)
    {
        var name = type.Name[(type.Name.LastIndexOf('.') + 1)..];
        if (!seen.Add(name))
        {
            return;
        }

        if (!rows.TryGetValue(name, out var row))
        {
            faults.Add($"{name}: no row");
            return;
        }

        foreach (var (field, shape) in type.Fields.Select(f => (f.Key, f.Value.Shape)))
        {
            if (new[] { row.Done, row.Refused, row.NoEffect }.Count(l => l.Contains(field)) != 1)
            {
                faults.Add($"{name}.{field}");
            }

            if (!row.Refused.Contains(field) && ((shape.Item ?? shape).Object) is { } inner)
            {
                Walk(inner, seen, faults);
            }
        }

        faults.AddRange(row.Done.Concat(row.Refused).Concat(row.NoEffect).Where(f => !type.Fields.ContainsKey(f)).Select(f => $"{name}.{f}: not in the schema"));
    }

    private static Dictionary<string, (HashSet<string> Done, HashSet<string> Refused, HashSet<string> NoEffect)> Read([CallerFilePath] string file = "") =>
        File.ReadLines(Path.Combine(Path.GetDirectoryName(file)!, "../../../../docs/pod-fields.md"))
            .Where(l => l.StartsWith("| ", StringComparison.Ordinal) && !l.StartsWith("| type", StringComparison.Ordinal))
            .Select(l => l.Split('|', StringSplitOptions.TrimEntries))
            .ToDictionary(c => c[1], c => (Names(c[2]), Names(c[3]), Names(c[4])));

    private static HashSet<string> Names(string cell) => [.. cell.Split(", ", StringSplitOptions.RemoveEmptyEntries)];
}
