using System.Net;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Policies;
using Vitrine.Model.Plans.Services;
using Vitrine.Model.Snapshot;

namespace Vitrine.Reach;

/// <summary>Who may talk to whom: what `vitrine policy matrix -o json` prints. Fields are added, never renamed.</summary>
/// <param name="Ends">rows and columns, in order</param>
/// <param name="Cells">row by row, and by port</param>
internal sealed record ReachMatrix(IReadOnlyList<string> Ends, IReadOnlyList<ReachCell> Cells)
{
    /// <param name="snapshot">the cluster</param>
    /// <param name="ns">only what has an end in this namespace; null for all</param>
    public static ReachMatrix Of(ClusterSnapshot snapshot, string? ns)
    {
        var all = ReachEnd.Of(snapshot);
        var plans = snapshot.Pods.Values.Select(p => p.NodeName).OfType<string>().Distinct().ToDictionary(n => n, n => PolicyPlan.Compile(snapshot, n), StringComparer.Ordinal);
        ReachCell[] cells =
        [
            .. from one in all
               from other in all
               where (ns is null || one.Namespace == ns || other.Namespace == ns) && (!one.Pods.IsEmpty || !other.Pods.IsEmpty) && !(ReferenceEquals(one, other) && one.Count == 1)
               from port in other.Pods.IsEmpty && other.Ports.IsEmpty ? [default] : other.Ports
               select Cell(snapshot, plans, one, other, port),
        ];
        var shown = cells.SelectMany(c => new[] { c.From, c.To }).ToHashSet(StringComparer.Ordinal);
        return new ReachMatrix([.. all.Select(e => e.Name).Where(shown.Contains)], cells);
    }

    private static ReachCell Cell(ClusterSnapshot snapshot, Dictionary<string, PolicyPlan> plans, ReachEnd one, ReachEnd other, (byte Protocol, int Port) port)
    {
        var (out_, in_) = (new List<PolicyDecision>(), new List<PolicyDecision>());
        for (var i = 0; i < one.Addresses.Length; i++)
            for (var j = 0; j < other.Addresses.Length; j++)
            {
                if (one.Addresses[i].Equals(other.Addresses[j]))
                    continue;
                out_.Add(Decide(one, i, PolicyDirection.Egress, other.Addresses[j]));
                in_.Add(Decide(other, j, PolicyDirection.Ingress, one.Addresses[i]));
            }
        var passed = out_.Zip(in_).Count(d => d.First.Allowed && d.Second.Allowed);
        var (sends, takes) = (out_.All(d => d.Allowed), in_.All(d => d.Allowed));
        var telling = out_.Where(d => sends || !d.Allowed).Concat(in_.Where(d => takes || !d.Allowed)).Where(d => passed == out_.Count || !d.Allowed);
        return new ReachCell(
            one.Name, other.Name, port == default ? "any" : $"{ServiceProtocol.Name(port.Protocol)} {port.Port}", passed == out_.Count ? "yes" : passed == 0 ? "no" : "some",
            sends && takes ? "" : sends ? "ingress" : takes ? "egress" : "both",
            [.. telling.SelectMany(d => d.Allowed ? d.Rules.Select(r => $"{r}") : d.Rules.IsEmpty ? d.Policies : d.Rules.Select(r => $"{r}")).Distinct().Order(StringComparer.Ordinal)]);

        PolicyDecision Decide(ReachEnd end, int which, PolicyDirection direction, IPAddress peer) =>
            (end.Pods.IsEmpty ? null : plans[snapshot.Pods[end.Pods[which]].NodeName!].Decide(end.Pods[which], direction, peer, port.Protocol, port.Port)) ?? new PolicyDecision(true, [], []);
    }
}
