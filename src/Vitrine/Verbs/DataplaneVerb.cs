using System.CommandLine;
using Vitrine.Clusters;
using Vitrine.Dataplane;
using Vitrine.Explaining;
using Vitrine.Model.Plans;

namespace Vitrine.Verbs;

/// <summary>`vitrine dataplane dump`: a node's service and policy tables, as planned and as the kernel has them.</summary>
internal static class DataplaneVerb
{
    public static Command Create()
    {
        var name = VerbOptions.Name();
        var node = NodeChoice.Option();
        var from = new Option<string>("--from") { Description = "plan: what the API's objects come to; kernel: what is in the node's tables; both.", DefaultValueFactory = _ => "both" };
        from.AcceptOnlyFromAmong("plan", "kernel", "both");
        var dump = new Command("dump", "Print Services' front ends and whom they lead to, and who may talk to which pods, in a stable order.") { name, node, from };
        dump.SetAction(async (parse, ct) =>
        {
            RootUser.Require("dataplane dump");
            var paths = new ClusterPaths(parse.GetValue(name)!);
            var spec = ClusterSpec.Require(paths);
            var nodes = NodeChoice.Of(spec, parse.GetValue(node));
            using var facts = parse.GetValue(from) == "kernel" ? null : await ClusterFacts.ListAsync(paths, spec, ct);
            foreach (var one in nodes)
            {
                if (facts is not null)
                    Console.Write($"# {one.Name}: plan\n{ServicePlan.Compile(facts.Snapshot, one.Name, ServiceVerbOptions.Of(spec))}");
                if (parse.GetValue(from) == "plan")
                    continue;
                using var netns = NodeChoice.Network(paths, spec, one);
                Console.Write($"# {one.Name}: kernel\n{ServiceTables.Dump(netns) ?? throw Missing("service")}# {one.Name}: policies in the kernel\n{PolicyTables.Dump(netns) ?? throw Missing("policy")}");

                CommandFailure Missing(string table) => new($"node {one.Name} has no {table} table of ours", $"is its agent running? vitrine status --name {spec.Name}");
            }
            return 0;
        });
        return new Command("dataplane", "Look at what carries packets.") { dump };
    }
}
