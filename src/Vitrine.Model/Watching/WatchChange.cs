namespace Vitrine.Model.Watching;

/// <summary>What happened to a watched resource.</summary>
public enum WatchChangeKind
{
    /// <summary>The whole list, at the start and after every break: what is not in it is gone.</summary>
    Replaced,

    /// <summary>One object came or changed.</summary>
    Upserted,

    /// <summary>One object went.</summary>
    Deleted,
}

/// <summary>One step of a watch; <see cref="Objects"/> has one object unless the kind is <see cref="WatchChangeKind.Replaced"/>.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Objects">To which objects.</param>
/// <param name="ResourceVersion">Of the list or the object: all that was written up to it has been seen.</param>
public readonly record struct WatchChange<T>(WatchChangeKind Kind, IReadOnlyList<T> Objects, string? ResourceVersion = null);
