using System.Collections.Immutable;
using Vitrine.Model.Plans.Services;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Policies;

/// <summary>A rule made ready.</summary>
/// <param name="Terms">empty: it is about nobody</param>
internal sealed record RulePart(RuleSource Source, PolicyAction Action, ImmutableArray<PeerTerm> Terms, bool EveryPort, ImmutableArray<PolicyPort> Ports)
{
    /// <summary>Ports it has by name alone, with the protocol's number, 0 for any.</summary>
    public IEnumerable<(string Name, byte Protocol)> Names => Ports.Where(p => p.Name.Length > 0).Select(p => (p.Name, ServiceProtocol.Number(p.Protocol)));

    /// <summary>For names at the other end: all peers that have such a port, whatever its number.</summary>
    public IEnumerable<PeerTerm> NamedTerms => Names.SelectMany(n => Terms.Select(t => t.At(n.Name, n.Protocol)));
}
