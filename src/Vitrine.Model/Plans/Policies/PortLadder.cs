namespace Vitrine.Model.Plans.Policies;

/// <summary>The ladder of a range of ports, both ends included.</summary>
/// <param name="Protocol">IP protocol number: 6, 17 or 132</param>
public sealed record PortLadder(byte Protocol, ushort First, ushort Last, Ladder Ladder)
{
    public bool Contains(byte protocol, int port) => protocol == Protocol && port >= First && port <= Last;
}
