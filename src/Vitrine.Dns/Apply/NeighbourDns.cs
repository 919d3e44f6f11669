using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Vitrine.Linux.Interop;
using Vitrine.Model.Plans.Dns;
using Vitrine.Model.Snapshot;

namespace Vitrine.Dns.Apply;

/// <summary>Nodes' DNS stand in for each other: this one is told of those that follow it, and listens for those it follows.</summary>
/// <param name="nodeName">null: it does not</param>
/// <param name="listen">at one more address</param>
/// <param name="address">the node's own</param>
/// <param name="logger">for complaints</param>
internal sealed partial class NeighbourDns(string? nodeName, Action<IPAddress> listen, AddressLoop address, ILogger logger)
{
    private ImmutableDictionary<string, Node> nodes = ImmutableDictionary<string, Node>.Empty;
    private string told = "";

    public void Update(ClusterSnapshot snapshot)
    {
        // Before this node is known, and while it is gone, all stays as it was.
        if (nodeName is null || ReferenceEquals(snapshot.Nodes, nodes) || !snapshot.Nodes.TryGetValue(nodeName, out var own))
            return;
        nodes = snapshot.Nodes;
        var detour = DnsDetour.Of(snapshot, own);
        foreach (var door in detour.Own)
            Listen(door);
        address.Set(detour);
    }

    private void Listen(IPAddress door)
    {
        try
        {
            listen(door);
        }
        catch (Exception e) when (e is LinuxException or SocketException)
        {
            if (told != e.Message)
                Alone(logger, told = e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "this node's DNS does not stand in for other nodes': {Reason}")]
    private static partial void Alone(ILogger logger, string reason);
}
