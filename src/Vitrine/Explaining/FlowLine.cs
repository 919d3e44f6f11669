using System.Globalization;
using System.Net;
using Vitrine.Dataplane.Explain;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Policies;
using Vitrine.Model.Plans.Services;
using Vitrine.Model.Snapshot;

namespace Vitrine.Explaining;

/// <summary>What is told of one packet.</summary>
/// <param name="Time">when it was seen</param>
/// <param name="Allowed">the policies let it pass</param>
/// <param name="Source">pod/NAMESPACE/NAME, node/NAME or an address</param>
/// <param name="SourceAddress">without the port: it is the client's own choice</param>
/// <param name="Destination">likewise</param>
/// <param name="DestinationAddress">with the port, where there is one</param>
/// <param name="Protocol">tcp, udp, sctp, or a number</param>
/// <param name="Policies">what decided: rules that allow, policies that select and do not, or the rule of another table</param>
/// <param name="Disagreement">what the plan says, where the kernel did something else; null where they agree</param>
internal sealed record FlowLine(DateTimeOffset Time, bool Allowed, string Source, string SourceAddress, string Destination, string DestinationAddress, string Protocol, IReadOnlyList<string> Policies, string? Disagreement)
{
    /// <param name="snapshot">the cluster</param>
    /// <param name="names">of its addresses</param>
    /// <param name="plan">of the node the packet was seen on</param>
    /// <param name="packet">what was seen</param>
    /// <param name="now">when</param>
    public static FlowLine Of(ClusterSnapshot snapshot, AddressNames names, PolicyPlan plan, WatchedPacket packet, DateTimeOffset now)
    {
        PolicyDecision?[] ends =
        [
            Decide(PolicyDirection.Egress, packet.Source, packet.Destination),
            Decide(PolicyDirection.Ingress, packet.Destination, packet.Source),
        ];
        var known = ends.OfType<PolicyDecision>().ToArray();
        var allowed = known.All(e => e.Allowed);
        var byPolicy = !packet.Dropped || packet.Where.Contains("vitrine-policy", StringComparison.Ordinal);
        var deciding = packet.Dropped ? known.Where(e => !e.Allowed) : known;
        string[] policies = byPolicy
            ? [.. deciding.SelectMany(e => e.Rules.IsEmpty ? e.Policies.Select(p => $"{p} allows none of it") : e.Rules.Select(r => $"{r}")).Distinct()]
            : [$"{packet.Where}{(packet.Comment is { } comment ? $": {comment}" : "")}"];
        return new FlowLine(now, !packet.Dropped, names.Of(packet.Source), $"{packet.Source}", names.Of(packet.Destination), $"{(packet.DestinationPort == 0 ? packet.Destination : new IPEndPoint(packet.Destination, packet.DestinationPort))}",
            ServiceProtocol.Name(packet.Protocol), policies, byPolicy && allowed == packet.Dropped ? allowed ? "the plan allows it" : "the plan drops it" : null);

        PolicyDecision? Decide(PolicyDirection direction, IPAddress own, IPAddress peer) =>
            plan.Pods.Keys.FirstOrDefault(k => snapshot.Pods.GetValueOrDefault(k)?.Addresses.Contains(own) == true) is { } pod ? plan.Decide(pod, direction, peer, packet.Protocol, packet.DestinationPort) : null;
    }

    /// <summary>"12:00:01.234  ✗ dropped   pod/a/b → pod/c/d  tcp 10.244.0.7:80   NetworkPolicy/c/closed allows none of it".</summary>
    public string Text() => string.Create(CultureInfo.InvariantCulture,
        $"{Time:HH:mm:ss.fff}  {(Allowed ? "✓ allowed" : "✗ dropped")}  {Source} → {Destination}  {Protocol} {DestinationAddress}{(Policies.Count > 0 ? $"   {string.Join("; ", Policies)}" : "   no policy selects it")}{(Disagreement is null ? "" : $"   DISAGREEMENT: {Disagreement}")}");
}
