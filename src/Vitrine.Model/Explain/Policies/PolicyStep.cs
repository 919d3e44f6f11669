using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Policies;
using Vitrine.Model.Plans.Services;

namespace Vitrine.Model.Explain.Policies;

/// <summary>What the policies of one of a connection's ends have to say about it.</summary>
/// <param name="What">in a few words</param>
/// <param name="Object">the policy that decides</param>
/// <param name="Leg">its end; null when it goes on</param>
internal sealed record PolicyStep(string What, string Object, Leg? Leg)
{
    public const string Entry = "table inet vitrine-policy";
    private const byte Icmp = 1, IcmpV6 = 58;

    /// <summary>
    /// At a node: of its pod that sends, then of its pod that is sent to. Nothing for answers, which follow what was decided of the question, for what the node
    /// itself sends (but for its gateway), and where no policy selects the pod.
    /// </summary>
    internal static IEnumerable<PolicyStep> Of(Scene scene, Station station, Packet packet, StationLink? input) =>
        input is null && !packet.ByGateway ? [] : Of(scene, station.Name, packet);

    /// <summary>The same at a node that is not asked whether it sends itself.</summary>
    internal static IEnumerable<PolicyStep> Of(Scene scene, string node, Packet packet)
    {
        if (packet is not { IsReply: false, InTunnel: false, Source: { } source } || scene.PoliciesOf(node) is not { } plan)
            yield break;
        var number = ServiceProtocol.Number(packet.Transport.ToString().ToUpperInvariant());
        var protocol = number != 0 ? number : packet.IsV6 ? IcmpV6 : Icmp;
        if (scene.PodAt(source) is { } from && plan.Decide(from.Key, PolicyDirection.Egress, packet.Destination, protocol, packet.Port) is { Policies.IsEmpty: false } sending)
            yield return Of(scene, new Refusal(from, PolicyDirection.Egress, packet.Destination, packet, sending));
        if (scene.PodAt(packet.Destination) is { } to && plan.Decide(to.Key, PolicyDirection.Ingress, source, protocol, packet.Port) is { Policies.IsEmpty: false } taking)
            yield return Of(scene, new Refusal(to, PolicyDirection.Ingress, source, packet, taking));
    }

    private static PolicyStep Of(Scene scene, Refusal asked)
    {
        var (decision, direction) = (asked.Decision, asked.Direction.ToString().ToLowerInvariant());
        var rule = decision.Rules.IsEmpty ? null : decision.Rules[0];
        var about = rule?.Object ?? ObjectOf(decision.Policies[0]);
        if (decision.Allowed)
            return new PolicyStep(rule is null ? $"policy: {direction} of {asked.Pod} passes, no rule is against it" : $"policy: {direction} of {asked.Pod} is allowed by {rule.Field}", about, null);
        var remedy = PolicyRemedy.Of(scene, asked);
        return new PolicyStep($"thrown away by policy: {direction} of {asked.Pod}", about, new Leg([], Verdict.Dropped, Why(scene, asked, rule)) { Culprit = about, Fix = remedy.Fix, Command = remedy.Command });
    }

    private static string Why(Scene scene, Refusal asked, RuleSource? rule)
    {
        var (who, what) = (asked.PeerName(scene), asked.PortName);
        var way = asked.Direction == PolicyDirection.Ingress ? $"{what} from {who}" : $"{what} to {who}";
        if (rule is not null)
            return $"{rule.Field} of {rule.Object} denies {asked.Pod} {way}";
        string[] all = [.. asked.Decision.Policies.Select(ObjectOf)];
        var them = all.Length == 1 ? $"{all[0]} selects" : $"{string.Join(" and ", all.Length > 3 ? [.. all[..3], $"{all.Length - 3} more"] : all)} select";
        return $"{them} {asked.Pod}, and no rule {(all.Length == 1 ? "of it" : "of theirs")} allows {way}";
    }

    /// <summary>NetworkPolicy/ns/name → as kubectl names it.</summary>
    private static string ObjectOf(string owner) => owner.Split('/') is [var kind, var ns, var name] ? new RuleSource(kind, ns, name).Object : owner;
}
