using System.Globalization;
using k8s.Models;

namespace Vitrine.Control.Gateways;

/// <summary>Ports of the proxy for Gateways' listeners: each listens at every node's address, so no two may have the same.</summary>
internal sealed class GatewayPorts
{
    private const int First = 11000, Last = 13999;
    private readonly Dictionary<int, (string Service, int Port)> taken = [];

    /// <param name="doors">Services of Gateways</param>
    public GatewayPorts(IEnumerable<V1Service> doors)
    {
        // The older Service keeps what two have.
        foreach (var service in doors.OrderBy(s => s.Metadata.CreationTimestamp).ThenBy(s => s.Metadata.Uid, StringComparer.Ordinal))
        {
            foreach (var port in service.Spec.Ports ?? [])
            {
                if (int.TryParse(port.TargetPort?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var target) && target is >= First and <= Last)
                {
                    taken.TryAdd(target, ($"{service.Metadata.NamespaceProperty}/{service.Metadata.Name}", port.Port));
                }
            }
        }
    }

    /// <summary>The one it has, or a free one; null where all are taken.</summary>
    public int? For(string service, int port)
    {
        foreach (var (target, owner) in taken)
        {
            if (owner == (service, port))
            {
                return target;
            }
        }

        for (var target = First; target <= Last; target++)
        {
            if (taken.TryAdd(target, (service, port)))
            {
                return target;
            }
        }

        return null;
    }
}
