using System.Collections.Immutable;
using System.Net;
using System.Runtime.CompilerServices;
using Vitrine.Model.Plans.Policies;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Explain;

/// <summary>Which pod has an address, made once for all questions about the same pods.</summary>
internal static class PodAddresses
{
    private static readonly ConditionalWeakTable<ImmutableDictionary<string, Pod>, Dictionary<IPAddress, Pod>> Made = [];

    /// <summary>Pods with addresses of their own that are not done; of two that claim one, whom policies take for its owner.</summary>
    public static Pod? Find(ImmutableDictionary<string, Pod> pods, IPAddress address) => Made.GetValue(pods, Index).GetValueOrDefault(address);

    private static Dictionary<IPAddress, Pod> Index(ImmutableDictionary<string, Pod> pods)
    {
        var all = new Dictionary<IPAddress, Pod>(pods.Count);
        foreach (var (_, pod) in pods)
            foreach (var address in pod.HostNetwork || pod.Finished ? [] : pod.Addresses)
                if (!all.TryGetValue(address, out var held) || Party.Of(pod)!.Precedes(Party.Of(held)!))
                    all[address] = pod;
        return all;
    }
}
