namespace Vitrine.ApiServer.ManagedFields;

/// <summary>
/// A set of paths into an object, as a tree whose edges are path elements in the notation of FieldsV1 (see <see cref="PathElement"/>). Values once
/// built are not changed: the operations share subtrees. Source: sigs.k8s.io/structured-merge-diff, fieldpath.
/// </summary>
internal sealed class FieldSet
{
    public static FieldSet Empty { get; } = new(false, null);

    /// <summary>A path that ends here.</summary>
    public static FieldSet Leaf { get; } = new(true, null);

    private readonly Dictionary<string, FieldSet>? _children;

    private FieldSet(bool isMember, Dictionary<string, FieldSet>? children)
    {
        IsMember = isMember;
        _children = children;
    }

    /// <summary>The path to this node is in the set.</summary>
    public bool IsMember { get; }

    public bool IsEmpty => !IsMember && _children is null;

    public IEnumerable<KeyValuePair<string, FieldSet>> Children => _children ?? Enumerable.Empty<KeyValuePair<string, FieldSet>>();

    /// <summary>What is in the set below an element; empty when nothing is.</summary>
    public FieldSet Below(string element) => _children?.GetValueOrDefault(element) ?? Empty;

    /// <summary>A node; children that are empty are left out.</summary>
    public static FieldSet Of(bool isMember, Dictionary<string, FieldSet>? children)
    {
        if (children is null or { Count: 0 })
        {
            return isMember ? Leaf : Empty;
        }

        foreach ((string element, FieldSet child) in children)
        {
            if (child.IsEmpty)
            {
                children.Remove(element);
            }
        }

        return children.Count == 0 ? Of(isMember, null) : new FieldSet(isMember, children);
    }

    /// <summary>The set of one path.</summary>
    public static FieldSet Path(params ReadOnlySpan<string> elements)
    {
        FieldSet set = Leaf;
        for (int i = elements.Length - 1; i >= 0; i--)
        {
            set = new FieldSet(false, new Dictionary<string, FieldSet> { [elements[i]] = set });
        }

        return set;
    }

    public FieldSet Union(FieldSet other)
    {
        if (IsEmpty || ReferenceEquals(this, other))
        {
            return other;
        }

        if (other.IsEmpty)
        {
            return this;
        }

        Dictionary<string, FieldSet>? children = _children ?? other._children;
        if (_children is not null && other._children is not null)
        {
            children = new Dictionary<string, FieldSet>(_children);
            foreach ((string element, FieldSet child) in other._children)
            {
                children[element] = _children.TryGetValue(element, out FieldSet? own) ? own.Union(child) : child;
            }
        }

        return new FieldSet(IsMember || other.IsMember, children);
    }

    public FieldSet Intersection(FieldSet other)
    {
        if (IsEmpty || other.IsEmpty || ReferenceEquals(this, other))
        {
            return IsEmpty ? this : other;
        }

        Dictionary<string, FieldSet>? children = null;
        foreach ((string element, FieldSet child) in Children)
        {
            if (child.Intersection(other.Below(element)) is { IsEmpty: false } common)
            {
                (children ??= [])[element] = common;
            }
        }

        return Of(IsMember && other.IsMember, children);
    }

    /// <summary>The paths of this set that are not in the other; what is below a path of the other stays.</summary>
    public FieldSet Difference(FieldSet other)
    {
        if (IsEmpty || other.IsEmpty)
        {
            return this;
        }

        Dictionary<string, FieldSet>? children = null;
        foreach ((string element, FieldSet child) in Children)
        {
            (children ??= [])[element] = child.Difference(other.Below(element));
        }

        return Of(IsMember && !other.IsMember, children);
    }

    /// <summary>Without a path and all that is below it.</summary>
    public FieldSet Without(string element)
    {
        if (_children?.ContainsKey(element) != true)
        {
            return this;
        }

        Dictionary<string, FieldSet> children = new(_children);
        children.Remove(element);
        return Of(IsMember, children);
    }

    public bool SetEquals(FieldSet other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (IsMember != other.IsMember || (_children?.Count ?? 0) != (other._children?.Count ?? 0))
        {
            return false;
        }

        foreach ((string element, FieldSet child) in Children)
        {
            if (!other._children!.TryGetValue(element, out FieldSet? same) || !child.SetEquals(same))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Every path of the set as messages show it, e.g. <c>.spec.containers[name="web"].image</c>, in order.</summary>
    public IEnumerable<string> Paths() => Paths("").Order(StringComparer.Ordinal);

    private IEnumerable<string> Paths(string prefix)
    {
        if (IsMember)
        {
            yield return prefix;
        }

        foreach ((string element, FieldSet child) in Children)
        {
            foreach (string path in child.Paths(prefix + PathElement.Show(element)))
            {
                yield return path;
            }
        }
    }
}
