using System.Text.Json;
using Vitrine.Cni.Config;
using Vitrine.Cni.Wiring;

namespace Vitrine.Cni.Results;

/// <summary>What ADD made, without regard to the version it is written in.</summary>
internal sealed record AddResult(IReadOnlyList<ResultInterface> Interfaces, IReadOnlyList<PodAddress> Addresses, IReadOnlyList<PodRoute> Routes, JsonElement? Dns)
{
    /// <summary>Index of the interface that holds the addresses: the last, the pod's.</summary>
    internal int PodInterface => Interfaces.Count - 1;
}
