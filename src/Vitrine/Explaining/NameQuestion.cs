using System.Net;
using System.Net.Sockets;
using Vitrine.Model.Explain;
using Vitrine.Model.Explain.Services;

namespace Vitrine.Explaining;

/// <summary>A name is asked for by a packet like any other: a pod that may not send it to the cluster's DNS gets no further, whatever the name means.</summary>
internal static class NameQuestion
{
    /// <summary>The explanation of the question to DNS, where a policy throws it away; null where it gets there, or nobody asks.</summary>
    /// <param name="facts">the cluster</param>
    /// <param name="finder">of the places in it</param>
    /// <param name="source">who asks, as the user wrote it</param>
    /// <param name="from">the same, found</param>
    /// <param name="naming">what the cluster's DNS would have answered</param>
    public static (Scene Scene, Explanation Explanation)? Stopped(IFacts facts, PlaceFinder finder, string source, Place from, NameResult naming)
    {
        var dns = facts.DnsAddresses;
        if (from.PodKey is null || (facts.Snapshot.NetworkPolicies.IsEmpty && facts.Snapshot.ClusterNetworkPolicies.IsEmpty) || facts.Resolver(from).Servers.Select(s => IPAddress.TryParse(s, out var address) ? address : null).FirstOrDefault(a => a is not null && dns.Contains(a)) is not { } server)
            return null;
        var (asker, to) = finder.Find(source, PlaceText.Parse($"{(server.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{server}]" : $"{server}")}:53/udp"), null);
        var scene = facts.Read(asker, to.Place, to.Port);
        var explanation = PacketWalk.Explain(scene, new Question(asker, to.Place, to.Transport, to.Port));
        return explanation.Forward.Verdict != Verdict.Dropped ? null : (scene, explanation with
        {
            Naming = [naming.Hops[0]],
            Forward = explanation.Forward with { Why = $"{naming.Name} cannot be looked up, the question to the cluster's DNS does not get there: {explanation.Forward.Why}" },
        });
    }
}
