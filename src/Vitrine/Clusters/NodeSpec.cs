using System.Net;
using System.Text.Json.Serialization;

namespace Vitrine.Clusters;

/// <summary>One node of a cluster: a network, mount and UTS namespace on the cluster's bridge.</summary>
/// <param name="Name">Name of the Node object.</param>
/// <param name="Addresses">One address of each family, the primary first.</param>
/// <param name="ControlPlane">It carries the control plane's label.</param>
internal sealed record NodeSpec(string Name, IReadOnlyList<string> Addresses, bool ControlPlane)
{
    /// <summary>Switched off: `up` and the supervisor leave it alone.</summary>
    public bool Stopped { get; init; }

    /// <summary>Pods that do not tolerate it stay off the control plane; set where there are other nodes from the start.</summary>
    public bool Tainted { get; init; }

    [JsonIgnore]
    public IEnumerable<IPAddress> Parsed => Addresses.Select(IPAddress.Parse);
}
