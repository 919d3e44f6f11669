using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Model.Explain;
using Vitrine.Model.Explain.Services;

namespace Vitrine.Explaining;

/// <summary>A name is asked for by a packet like any other: a pod whose question does not get to the cluster's DNS gets no further, whatever the name means.</summary>
/// <param name="Explanation">of the question's way</param>
internal sealed record NameQuestion(Explanation Explanation)
{
    /// <summary>Null where nobody asks the cluster's DNS.</summary>
    /// <param name="facts">the cluster</param>
    /// <param name="scene">what was read of it for whoever asks: the way to DNS is by the same stations as the way to what the name means</param>
    /// <param name="finder">of the places in it</param>
    /// <param name="source">who asks, as the user wrote it</param>
    /// <param name="from">the same, found</param>
    /// <param name="naming">what the cluster's DNS answers</param>
    public static NameQuestion? Of(IFacts facts, Scene scene, PlaceFinder finder, string source, Place from, NameResult naming)
    {
        var dns = facts.DnsAddresses;
        if (from.PodKey is null || facts.Resolver(from).Servers.Select(s => IPAddress.TryParse(s, out var address) ? address : null).FirstOrDefault(a => a is not null && dns.Contains(a)) is not { } server)
            return null;
        var (asker, to) = finder.Find(source, PlaceText.Parse($"{new IPEndPoint(server, 53)}/udp"), null);
        var explanation = PacketWalk.Explain(scene, new Question(asker, to.Place, to.Transport, to.Port));
        return new NameQuestion(explanation with
        {
            Naming = [naming.Hops[0]],
            Forward = explanation.Forward with { Why = $"{naming.Name} cannot be looked up, the question to the cluster's DNS does not get there: {explanation.Forward.Why}" },
        });
    }

    /// <summary>It gets no answer: by a policy, or since nobody is there to give one.</summary>
    public bool IsStopped => Explanation.Forward.Verdict is Verdict.Dropped or Verdict.Refused;

    /// <summary>The steps of the look-up, and that another node's DNS gave the answer where it did.</summary>
    public ImmutableArray<Hop> Told(NameResult naming) =>
        Explanation.Forward.Hops.FirstOrDefault(h => h.Entry?.StartsWith($"{NameDetour.Table}, chain dstnat", StringComparison.Ordinal) == true) is { } detour ? naming.Hops.Insert(1, detour) : naming.Hops;
}
