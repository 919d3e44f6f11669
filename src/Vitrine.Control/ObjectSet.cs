using System.Collections.Immutable;
using System.Globalization;
using k8s;
using k8s.Models;
using Vitrine.Model.Watching;

namespace Vitrine.Control;

/// <summary>
/// One kind's objects as an immutable value, found by name, namespace and controller. A part that did not change is the very same
/// instance in the next snapshot: that is how a controller knows what it need not look at again.
/// </summary>
internal sealed record ObjectSet<T>
    where T : class, IMetadata<V1ObjectMeta>
{
    // Before Empty: static fields are set in the order they are written.
    private static readonly ImmutableDictionary<string, T> None = ImmutableDictionary<string, T>.Empty;

    public static readonly ObjectSet<T> Empty = new();

    /// <summary>By namespace/name; by /name for kinds without a namespace.</summary>
    public ImmutableDictionary<string, T> All { get; private init; } = None;

    /// <summary>
    /// The newest resourceVersion seen. Ours is one number for the whole store (KEP-5504 makes them comparable), so a write of
    /// version R is in the set as soon as this is at least R.
    /// </summary>
    public long Revision { get; private init; }

    private ImmutableDictionary<string, ImmutableDictionary<string, T>> Groups { get; init; } = ImmutableDictionary<string, ImmutableDictionary<string, T>>.Empty;

    private ImmutableDictionary<string, ImmutableDictionary<string, T>> Spaces { get; init; } = ImmutableDictionary<string, ImmutableDictionary<string, T>>.Empty;

    public static string Key(string? ns, string name) => $"{ns}/{name}";

    /// <summary>What the controller with that uid owns.</summary>
    public ImmutableDictionary<string, T> OwnedBy(string uid) => Groups.GetValueOrDefault(uid, None);

    /// <summary>What has no controller in a namespace.</summary>
    public ImmutableDictionary<string, T> Orphans(string? ns) => Groups.GetValueOrDefault("/" + ns, None);

    public ImmutableDictionary<string, T> InNamespace(string? ns) => Spaces.GetValueOrDefault(ns ?? "", None);

    public T? Find(string? ns, string name) => All.GetValueOrDefault(Key(ns, name));

    public ObjectSet<T> Apply(WatchChange<T> change)
    {
        var set = change.Kind switch
        {
            WatchChangeKind.Replaced => change.Objects.Aggregate(Empty with { Revision = Revision }, (s, o) => s.With(o)),
            WatchChangeKind.Upserted => With(change.Objects[0]),
            _ => Without(KeyOf(change.Objects[0])) with { Revision = Math.Max(Revision, RevisionOf(change.Objects[0].Metadata.ResourceVersion)) },
        };
        return set with { Revision = Math.Max(set.Revision, RevisionOf(change.ResourceVersion)) };
    }

    /// <summary>The set with one object more or newer.</summary>
    public ObjectSet<T> With(T value)
    {
        var key = KeyOf(value);
        var before = All.GetValueOrDefault(key);
        var groups = Groups;
        if (before is not null && GroupOf(before) != GroupOf(value))
        {
            groups = Remove(groups, GroupOf(before), key);
        }

        return this with
        {
            All = All.SetItem(key, value),
            Groups = groups.SetItem(GroupOf(value), groups.GetValueOrDefault(GroupOf(value), None).SetItem(key, value)),
            Spaces = Spaces.SetItem(SpaceOf(value), Spaces.GetValueOrDefault(SpaceOf(value), None).SetItem(key, value)),
            Revision = Math.Max(Revision, RevisionOf(value.Metadata.ResourceVersion)),
        };
    }

    public static long RevisionOf(string? version) => long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : 0;

    private ObjectSet<T> Without(string key) => All.GetValueOrDefault(key) is not { } gone
        ? this
        : this with { All = All.Remove(key), Groups = Remove(Groups, GroupOf(gone), key), Spaces = Remove(Spaces, SpaceOf(gone), key) };

    private static ImmutableDictionary<string, ImmutableDictionary<string, T>> Remove(ImmutableDictionary<string, ImmutableDictionary<string, T>> parts, string part, string key)
    {
        var left = parts.GetValueOrDefault(part, None).Remove(key);
        return left.IsEmpty ? parts.Remove(part) : parts.SetItem(part, left);
    }

    private static string KeyOf(T value) => Key(value.Metadata.NamespaceProperty, value.Metadata.Name);

    private static string SpaceOf(T value) => value.Metadata.NamespaceProperty ?? "";

    private static string GroupOf(T value) => Owners.ControllerOf(value.Metadata)?.Uid ?? "/" + value.Metadata.NamespaceProperty;
}
