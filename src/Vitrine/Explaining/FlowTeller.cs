using System.Net;
using Vitrine.Dataplane.Explain;
using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;

namespace Vitrine.Explaining;

/// <summary>Makes lines of packets: the kernel tells what happened, the plan whose doing it was. The same flow is told once a second. For any thread.</summary>
internal sealed class FlowTeller(TimeProvider time)
{
    private const int MostRemembered = 10_000;
    private static readonly TimeSpan Repeat = TimeSpan.FromSeconds(1);
    private readonly Lock gate = new();
    private readonly Dictionary<(IPAddress, IPAddress, byte, int, bool), DateTimeOffset> told = [];
    private readonly Dictionary<string, (ClusterSnapshot Of, PolicyPlan Plan)> plans = [];
    private (ClusterSnapshot? Of, AddressNames? Names) named;

    /// <summary>Null for what was just told.</summary>
    public FlowLine? Tell(ClusterSnapshot snapshot, string node, WatchedPacket packet)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            var flow = (packet.Source, packet.Destination, packet.Protocol, packet.DestinationPort, packet.Dropped);
            if (told.TryGetValue(flow, out var last) && now - last < Repeat)
                return null;
            if (told.Count > MostRemembered)
                told.Clear();
            told[flow] = now;
            var known = plans.GetValueOrDefault(node);
            if (!ReferenceEquals(known.Of, snapshot))
                plans[node] = known = (snapshot, PolicyPlan.Compile(snapshot, node, known.Plan));
            if (!ReferenceEquals(named.Of, snapshot))
                named = (snapshot, new AddressNames(snapshot));
            return FlowLine.Of(snapshot, named.Names!, known.Plan, packet, now);
        }
    }
}
