using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Policies;

/// <summary>A rule for one range of ports, names resolved.</summary>
/// <param name="Protocol">0 for every protocol and port</param>
internal readonly record struct RulePiece(RulePart Rule, ImmutableArray<PeerTerm> Terms, byte Protocol, int First, int Last)
{
    public bool Covers(byte protocol, int port) => Protocol == 0 || (Protocol == protocol && port >= First && port <= Last);
}
