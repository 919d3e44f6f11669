using System.CommandLine;
using Vitrine.Clusters;
using Vitrine.Dataplane;
using Vitrine.Explaining;
using Vitrine.Linux.Netns;
using Vitrine.Model.Plans;

namespace Vitrine.Verbs;

/// <summary>`vitrine dataplane dump`: a node's service tables, as planned and as the kernel has them.</summary>
internal static class DataplaneVerb
{
    public static Command Create()
    {
        var name = VerbOptions.Name();
        var node = new Option<string?>("--node") { Description = "Name of the node (default: all)." };
        var from = new Option<string>("--from") { Description = "plan: what the API's objects come to; kernel: what is in the node's tables; both.", DefaultValueFactory = _ => "both" };
        from.AcceptOnlyFromAmong("plan", "kernel", "both");
        var dump = new Command("dump", "Print Services' front ends and whom they lead to, in a stable order.") { name, node, from };
        dump.SetAction(async (parse, ct) =>
        {
            RootUser.Require("dataplane dump");
            var paths = new ClusterPaths(parse.GetValue(name)!);
            var spec = ClusterSpec.Require(paths);
            var wanted = parse.GetValue(node);
            var nodes = spec.Nodes.Where(n => wanted is null || n.Name == wanted).ToArray();
            if (nodes.Length == 0)
                throw new CommandFailure($"the cluster \"{spec.Name}\" has no node {wanted}", $"its nodes: {string.Join(", ", spec.Nodes.Select(n => n.Name))}");
            using var facts = parse.GetValue(from) == "kernel" ? null : await ClusterFacts.ListAsync(paths, spec, ct);
            foreach (var one in nodes)
            {
                if (facts is not null)
                    Console.Write($"# {one.Name}: plan\n{ServicePlan.Compile(facts.Snapshot, one.Name, ServiceVerbOptions.Of(spec))}");
                if (parse.GetValue(from) == "plan")
                    continue;
                using var netns = NetnsHandle.TryOpen(paths.NodePin(one.Name, "net")) ?? throw new CommandFailure($"node {one.Name} is not up", $"vitrine node start {one.Name} --name {spec.Name}");
                Console.Write($"# {one.Name}: kernel\n{ServiceTables.Dump(netns) ?? throw new CommandFailure($"node {one.Name} has no service table of ours", $"is its agent running? vitrine status --name {spec.Name}")}");
            }
            return 0;
        });
        return new Command("dataplane", "Look at what carries packets.") { dump };
    }
}
