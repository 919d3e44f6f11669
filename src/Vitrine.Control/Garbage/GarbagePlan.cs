namespace Vitrine.Control.Garbage;

/// <summary>What an owner reference leads to.</summary>
internal enum OwnerState
{
    /// <summary>The owner is there.</summary>
    Solid,

    /// <summary>The owner is there and waits, in the foreground, for its dependents to go.</summary>
    WaitsForDependents,

    /// <summary>No object of that name has that uid.</summary>
    Absent,

    /// <summary>It cannot be told, e.g. its kind is not served: nothing is done.</summary>
    Unknown,
}

/// <summary>What to do about one object.</summary>
internal enum GarbageStep
{
    Nothing,

    /// <summary>Delete it; see <see cref="GarbagePlan.Propagation"/>.</summary>
    Delete,

    /// <summary>Take the references in <see cref="GarbagePlan.DropOwners"/> off it: other owners keep it alive.</summary>
    Release,

    /// <summary>Take its foregroundDeletion finalizer off: nothing blocks it any more.</summary>
    FinishForeground,

    /// <summary>Look at its dependents, which must go first.</summary>
    VisitDependents,

    /// <summary>Take the references to it off its dependents, then its orphan finalizer.</summary>
    OrphanDependents,
}

/// <summary>The garbage collector's judgement of one object (kubernetes.io: "Garbage Collection", upstream attemptToDeleteItem).</summary>
internal sealed record GarbagePlan(GarbageStep Step)
{
    public string Propagation { get; private init; } = "Background";

    /// <summary>Uids of owners.</summary>
    public IReadOnlyList<string> DropOwners { get; private init; } = [];

    /// <param name="item">The object.</param>
    /// <param name="owner">What each of its owner references leads to.</param>
    /// <param name="dependents">What refers to it.</param>
    public static GarbagePlan Compile(GarbageItem item, Func<OwnerEdge, OwnerState> owner, IReadOnlyList<GarbageItem> dependents)
    {
        if (item.Orphaning)
        {
            return new GarbagePlan(GarbageStep.OrphanDependents);
        }

        if (item.InForeground)
        {
            var blocked = dependents.Any(d => d.Owners.Any(o => o.Uid == item.Uid && o.Blocks));
            return new GarbagePlan(blocked ? GarbageStep.VisitDependents : GarbageStep.FinishForeground);
        }

        if (item.Deleting || item.Owners.Count == 0)
        {
            return new GarbagePlan(GarbageStep.Nothing);
        }

        var states = item.Owners.Select(o => (Owner: o, State: owner(o))).ToArray();
        if (states.Any(s => s.State == OwnerState.Unknown))
        {
            return new GarbagePlan(GarbageStep.Nothing);
        }

        var leaving = states.Where(s => s.State != OwnerState.Solid).Select(s => s.Owner.Uid).ToArray();
        if (leaving.Length < states.Length)
        {
            return leaving.Length == 0 ? new GarbagePlan(GarbageStep.Nothing) : new GarbagePlan(GarbageStep.Release) { DropOwners = leaving };
        }

        // An owner in the foreground goes last, so what depends on its dependents goes before them too.
        var foreground = states.Any(s => s.State == OwnerState.WaitsForDependents) && dependents.Count > 0;
        return new GarbagePlan(GarbageStep.Delete)
        {
            Propagation = item.Finalizers.Contains(GarbageItem.OrphanFinalizer) ? "Orphan"
                : foreground || item.Finalizers.Contains(GarbageItem.ForegroundFinalizer) ? "Foreground"
                : "Background",
        };
    }
}
