using System.Collections.Immutable;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Forwarding;

/// <summary>One of several backends, by weight and chance.</summary>
internal static class WeightedPick
{
    /// <summary>Null where no weight is above zero.</summary>
    public static WeightedBackend? Of(ImmutableArray<WeightedBackend> backends)
    {
        if (backends.Length == 1)
            return backends[0].Weight > 0 ? backends[0] : null;
        long sum = 0;
        foreach (var backend in backends)
            sum += Math.Max(0, backend.Weight);
        if (sum == 0)
            return null;
        var at = Random.Shared.NextInt64(sum);
        foreach (var backend in backends)
            if ((at -= Math.Max(0, backend.Weight)) < 0)
                return backend;
        return null;
    }
}
