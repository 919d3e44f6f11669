using Vitrine.Model.Explain;
using Vitrine.Model.Snapshot;

namespace Vitrine.Explaining;

/// <summary>Pods that a packet to a place and port may be sent on to, by a Service or by a node's host port.</summary>
internal static class PodsBehind
{
    /// <returns>namespace/name each</returns>
    public static IEnumerable<string> Of(ClusterSnapshot snapshot, Place destination, int port) => snapshot.Services.Values
        .Where(s => s.Key == destination.ServiceKey || (port > 0 && s.Ports.Any(p => p.NodePort == port)))
        .SelectMany(s => snapshot.SlicesOf(s.Key).Values).SelectMany(s => s.Endpoints).Select(e => e.Pod).Where(p => p.Length > 0)
        .Concat(snapshot.Pods.Values.Where(p => p.NodeName is not null && p.NodeName == destination.NodeName && p.Ports.Any(o => o.HostPort == port && port > 0)).Select(p => p.Key));
}
