using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Policies;

/// <summary>
/// One direction of the pods that the same policies select in the same way. Equal ones are one instance, in a plan and in those compiled from it: the
/// kernel has one chain for all pods that share it. Members of peer groups are no part of it.
/// </summary>
/// <param name="Policies">who selects the pod in this direction, e.g. NetworkPolicy/ns/name or ClusterNetworkPolicy//name: in order of their say</param>
/// <param name="Ports">disjoint, by protocol and first port; what is not among them is <paramref name="Otherwise"/>'s</param>
/// <param name="Otherwise">other ports, and protocols without ports</param>
public sealed record Isolation(ImmutableArray<string> Policies, ImmutableArray<PortLadder> Ports, Ladder Otherwise)
{
    private readonly int hash = Policies.Aggregate(HashCode.Combine(Ports.Length, Otherwise), (h, p) => HashCode.Combine(h, p));

    /// <summary>Nothing selects the pod: everything passes.</summary>
    public static readonly Isolation Open = new([], [], Ladder.Open);

    public bool IsOpen => Policies.IsEmpty;

    public Ladder LadderOf(byte protocol, int port)
    {
        foreach (var ports in Ports)
            if (ports.Contains(protocol, port))
                return ports.Ladder;
        return Otherwise;
    }

    public bool Equals(Isolation? other) => ReferenceEquals(this, other)
        || (other is not null && hash == other.hash && Policies.SequenceEqual(other.Policies) && Ports.SequenceEqual(other.Ports) && Otherwise == other.Otherwise);

    public override int GetHashCode() => hash;
}
