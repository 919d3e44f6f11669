using System.Net;
using Vitrine.Linux.Conntrack;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Services;

namespace Vitrine.Dataplane.Apply.Services;

/// <summary>
/// Which tracked UDP and SCTP flows lead where their Service does not any more. A client that goes on sending keeps such a flow alive for ever; a TCP
/// connection ends by itself. Known by the address the flow's first packet went to, so no other flow is ever touched.
/// </summary>
internal sealed class StaleFlows
{
    /// <summary>Front end → endpoints that still answer; null for one that is gone.</summary>
    private readonly Dictionary<FrontEndKey, HashSet<IPEndPoint>?> frontEnds = [];

    /// <summary>Nobody's flows into these are stale: of Services deleted while this program was away. Empty unless it has just started.</summary>
    private readonly List<IPNetwork> orphanages = [];
    private ServicePlan? current;

    private StaleFlows()
    {
    }

    public bool Any => frontEnds.Count > 0 || orphanages.Count > 0;

    public static StaleFlows None() => new();

    /// <summary>Of some Services, as they were and as they are.</summary>
    /// <param name="before">null at the start</param>
    /// <param name="after">the plan in force</param>
    /// <param name="services">namespace/name</param>
    public static StaleFlows Of(ServicePlan? before, ServicePlan after, IEnumerable<string> services)
    {
        var stale = new StaleFlows { current = after };
        if (before is null)
            stale.orphanages.AddRange(after.Rules.ServiceRanges);
        foreach (var service in services)
        {
            foreach (var (_, frontEnd) in before?.Services.GetValueOrDefault(service)?.FrontEnds ?? [])
                if (Concerns(frontEnd.Key) && after.OwnerOf(frontEnd.Key) is null)
                    stale.frontEnds[frontEnd.Key] = null;
            if (!after.Services.TryGetValue(service, out var planned))
                continue;
            foreach (var (port, frontEnd) in planned.FrontEnds)
                if (Concerns(frontEnd.Key) && after.OwnerOf(frontEnd.Key) == planned)
                    stale.frontEnds[frontEnd.Key] = EndpointChoice.Serving(port.Port, port.Family, planned.Slices.Values);
        }
        return stale;
    }

    /// <summary>Later ones have the word.</summary>
    public void Add(StaleFlows later)
    {
        foreach (var (key, serving) in later.frontEnds)
            frontEnds[key] = serving;
        orphanages.AddRange(later.orphanages);
        current = later.current;
    }

    public bool Has(ConntrackFlow flow, Func<IPAddress, bool> isAddressOfNode)
    {
        if (flow.Protocol is not (ServiceProtocol.Udp or ServiceProtocol.Sctp))
            return false;
        var went = flow.OriginalDestination;
        var key = new FrontEndKey(went.Address, flow.Protocol, (ushort)went.Port);
        var rewritten = !flow.ReplySource.Equals(went);
        if (!frontEnds.TryGetValue(key, out var serving) && !(isAddressOfNode(went.Address) && frontEnds.TryGetValue(FrontEndKey.NodePort(went.AddressFamily, flow.Protocol, went.Port), out serving)))
            return rewritten && orphanages.Exists(r => r.Contains(went.Address)) && current?.OwnerOf(key) is null;
        // One that was let through before there was anybody is stuck as well; what a socket of this node answers for a Service without endpoints is not ours.
        return rewritten ? serving?.Contains(flow.ReplySource) != true : serving?.Count > 0;
    }

    /// <summary>Forgets them.</summary>
    /// <returns>how many</returns>
    public int Cut(ConntrackSocket connections, Func<IPAddress, bool> isAddressOfNode)
    {
        var cut = 0;
        foreach (var flow in connections.List())
            if (Has(flow, isAddressOfNode))
                cut += connections.Delete(flow) ? 1 : 0;
        return cut;
    }

    private static bool Concerns(FrontEndKey key) => key.Protocol is ServiceProtocol.Udp or ServiceProtocol.Sctp;
}
