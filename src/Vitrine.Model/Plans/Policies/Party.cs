using System.Collections.Immutable;
using System.Net;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Policies;

/// <summary>Somebody with addresses whom a policy's selectors may mean: a pod with a network of its own, what counts as one, or a node.</summary>
/// <param name="Owner">namespace/name of a pod; service/namespace/name; node/name</param>
/// <param name="Namespace">empty for a node</param>
internal sealed record Party(string Owner, string Namespace)
{
    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    public ImmutableArray<PodPort> Ports { get; init; } = [];

    public ImmutableArray<IPAddress> Addresses { get; init; } = [];

    /// <summary>Of two pods with one address only one has it; others stand on an address side by side.</summary>
    public bool IsPod { get; init; }

    public bool IsNode => Namespace.Length == 0;

    public bool Terminating { get; init; }

    public DateTimeOffset Created { get; init; }

    /// <summary>Null for a pod that policies do not see: in its node's own network, or done.</summary>
    public static Party? Of(Pod pod) => OfKey(pod, pod.Key);

    /// <summary>The same for who has the pod's key already.</summary>
    public static Party? OfKey(Pod pod, string key) => !IsSubject(pod) ? null : new Party(key, pod.Namespace)
    {
        Labels = pod.Labels, Ports = pod.Ports, Addresses = pod.Addresses, IsPod = true, Terminating = pod.Terminating, Created = pod.Created,
    };

    public static bool IsSubject(Pod pod) => !pod.HostNetwork && !pod.Finished;

    /// <summary>Of two pods that claim an address: who is not about to go, then who came later.</summary>
    public bool Precedes(Party other) => (Terminating, other.Terminating) switch
    {
        (false, true) => true,
        (true, false) => false,
        _ => Created != other.Created ? Created > other.Created : string.CompareOrdinal(Owner, other.Owner) < 0,
    };

    public bool IsSame(Party other) => Owner == other.Owner && Terminating == other.Terminating && Created == other.Created && Addresses.SequenceEqual(other.Addresses)
        && Same(Labels, other.Labels) && (Ports == other.Ports || Ports.SequenceEqual(other.Ports));

    public static bool Same(ImmutableDictionary<string, string> one, ImmutableDictionary<string, string> other) =>
        ReferenceEquals(one, other) || (one.Count == other.Count && one.All(l => other.TryGetValue(l.Key, out var value) && value == l.Value));

    /// <summary>Numbers of its ports of a name; protocol 0 for any.</summary>
    public IEnumerable<(byte Protocol, int Number)> Named(string name, byte protocol)
    {
        foreach (var port in Ports)
            if (port.Name == name && Services.ServiceProtocol.Number(port.Protocol) is var number && number != 0 && (protocol == 0 || protocol == number))
                yield return (number, port.Port);
    }
}
