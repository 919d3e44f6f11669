using System.Collections.Immutable;
using k8s;
using k8s.Models;
using Vitrine.Model.Snapshot;

namespace Vitrine.Control.Pods;

/// <summary>
/// Which objects are a controller's: those it owns and selects stay, those it owns and no longer selects are let go, orphans it
/// selects are adopted. An owner on its way out adopts nothing (KEP: controller references).
/// </summary>
internal sealed record ClaimPlan<T>(ImmutableArray<T> Held, ImmutableArray<T> Adopted, ImmutableArray<T> Released)
    where T : class, IMetadata<V1ObjectMeta>
{
    public static ClaimPlan<T> Compile(V1ObjectMeta owner, LabelSelector selector, IEnumerable<T> owned, IEnumerable<T> orphans)
    {
        var held = ImmutableArray.CreateBuilder<T>();
        var adopted = ImmutableArray.CreateBuilder<T>();
        var released = ImmutableArray.CreateBuilder<T>();
        var going = owner.DeletionTimestamp is not null;
        foreach (var one in owned)
        {
            (selector.Matches(one.Metadata.Labels) ? held : going ? null : released)?.Add(one);
        }

        if (!going && !selector.IsEmpty)
        {
            adopted.AddRange(orphans.Where(o => o.Metadata.DeletionTimestamp is null && selector.Matches(o.Metadata.Labels)));
        }

        return new ClaimPlan<T>(held.ToImmutable(), adopted.ToImmutable(), released.ToImmutable());
    }
}
