using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Gateway;

/// <summary>Whether two lists hold the very same objects: cheaper than comparing what is in them, and what stayed is the same instance.</summary>
internal static class SameInstances
{
    public static bool Of<T>(ImmutableArray<T> one, ImmutableArray<T> other) where T : class
    {
        if (one.Length != other.Length)
            return false;
        for (var i = 0; i < one.Length; i++)
            if (!ReferenceEquals(one[i], other[i]))
                return false;
        return true;
    }
}
