using System.Collections.Immutable;
using System.Net;
using Vitrine.Linux.Netlink;
using Vitrine.Model.Plans.Policies;

namespace Vitrine.Dataplane.Apply.Policies;

/// <summary>A pod's link on this node, as the CNI plugin left it: whose it is says its alias, which addresses are behind it say host routes.</summary>
/// <param name="Name">the node's end</param>
/// <param name="Uid">of the pod; null where the runtime did not say</param>
/// <param name="Pod">namespace/name; null likewise. A pod made again has the same</param>
/// <param name="IsCut">the name did not fit; its namespace always does</param>
/// <param name="Bridged">a port of a bridge, or, of another plugin's pods, the bridge: packets from port to port are never routed</param>
/// <param name="Addresses">of the pod</param>
internal sealed record PodLink(string Name, string? Uid, string? Pod, bool IsCut, bool Bridged, ImmutableArray<IPAddress> Addresses)
{
    private const string Owner = "vitrine";

    // IFALIASZ of linux/if.h, less the closing NUL.
    private const int LongestAlias = 255;
    private const uint MainTable = 254;

    /// <summary>What a bridge means for policies, and what to do.</summary>
    public const string BridgedFix = "have the CNI config's mode be routed";

    public string BridgedFault => $"its link {Name} is a port of a bridge, where NetworkPolicies do not see what pods of this node send each other";

    /// <summary>Those of this namespace, by name.</summary>
    public static ImmutableArray<PodLink> Read(RtnetlinkSocket socket)
    {
        var routes = socket.ListRoutes()
            .Where(r => r is { Type: RouteType.Unicast, Table: MainTable, Gateway: null } && r.Destination.PrefixLength == r.Destination.BaseAddress.GetAddressBytes().Length * 8)
            .ToLookup(r => r.LinkIndex, r => r.Destination.BaseAddress);
        return [.. socket.ListLinks().Where(l => l.Kind == "veth")
            .Select(l => Parse(l.Alias) is var (uid, pod) ? new PodLink(l.Name, uid, pod, l.Alias!.Length == LongestAlias, l.Master != 0, [.. routes[l.Index]]) : null)
            .OfType<PodLink>().OrderBy(l => l.Name, StringComparer.Ordinal)];
    }

    /// <summary>Which of a node's pods it is of. Uid and name both have to be right: whoever makes a pod can have a part of either as he likes.</summary>
    public PodPolicies? Find(ImmutableDictionary<string, PodPolicies> pods) =>
        Pod is null ? null
        : pods.TryGetValue(Pod, out var pod) ? (Uid is null || Uid == pod.Uid ? pod : null)
        : IsCut && Uid is not null ? pods.Values.FirstOrDefault(p => p.Uid == Uid && p.Pod.StartsWith(Pod, StringComparison.Ordinal)) : null;

    /// <summary>vitrine NETWORK CONTAINER INTERFACE [UID] [NAMESPACE/NAME]; null for a link of another's.</summary>
    internal static (string? Uid, string? Pod)? Parse(string? alias)
    {
        var words = alias?.Split(' ') ?? [];
        if (words.Length < 4 || words[0] != Owner)
            return null;
        var pod = words[^1].Contains('/', StringComparison.Ordinal) ? words[^1] : null;
        return (words.Length > 4 && words[4] != pod ? words[4] : null, pod);
    }
}
