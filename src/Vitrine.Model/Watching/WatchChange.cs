using System.Collections.Immutable;

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
public readonly record struct WatchChange<T>(WatchChangeKind Kind, IReadOnlyList<T> Objects, string? ResourceVersion = null)
{
    /// <summary>Upserted, and the API says that there was none of this name before.</summary>
    public bool IsNew { get; init; }

    /// <summary>The same for a watch of only some objects: what is no longer of them is gone.</summary>
    public WatchChange<T> Only(Func<T, bool> some) => Kind switch
    {
        WatchChangeKind.Replaced => this with { Objects = [.. Objects.Where(some)] },
        WatchChangeKind.Upserted when !some(Objects[0]) => this with { Kind = WatchChangeKind.Deleted, IsNew = false },
        _ => this,
    };

    /// <summary>The same of what is read from each object.</summary>
    public WatchChange<TOther> As<TOther>(Func<T, TOther> read) => new(Kind, [.. Objects.Select(read)], ResourceVersion) { IsNew = IsNew };

    /// <summary>What is there after it.</summary>
    /// <param name="before">what was there</param>
    /// <param name="key">of an object</param>
    /// <param name="read">what is kept of it</param>
    public ImmutableDictionary<string, TValue> After<TValue>(ImmutableDictionary<string, TValue> before, Func<T, string> key, Func<T, TValue> read) => Kind switch
    {
        WatchChangeKind.Replaced => Objects.ToImmutableDictionary(key, read),
        WatchChangeKind.Upserted => before.SetItem(key(Objects[0]), read(Objects[0])),
        _ => before.Remove(key(Objects[0])),
    };

    /// <summary>The same where an object that says what it said before stays the instance it was; <paramref name="before"/> itself where that is so of all.</summary>
    /// <param name="before">what was there</param>
    /// <param name="key">of an object</param>
    /// <param name="same">whether two of one key say the same</param>
    public ImmutableDictionary<string, T> After(ImmutableDictionary<string, T> before, Func<T, string> key, Func<T, T, bool> same)
    {
        var held = (string k, T now) => before.TryGetValue(k, out var old) && same(old, now) ? old : now;
        if (Kind != WatchChangeKind.Replaced)
            return After(before, key, o => held(key(o), o));
        var all = ImmutableDictionary.CreateBuilder<string, T>();
        var others = Objects.Count != before.Count;
        foreach (var one in Objects)
        {
            var k = key(one);
            others |= ReferenceEquals(all[k] = held(k, one), one);
        }
        return others ? all.ToImmutable() : before;
    }
}
