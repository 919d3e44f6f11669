namespace Vitrine.Model.Plans.Gateway.Matching;

/// <summary>Host names and wildcards → values; the most specific wins: the name itself, the longest wildcard, then "*".</summary>
internal sealed class NameTable<T> where T : class
{
    private readonly Dictionary<string, T> exact = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, T> oneLabel = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, T> anyDepth = new(StringComparer.OrdinalIgnoreCase);
    private T? all;

    /// <summary>The first of a name stays.</summary>
    public void Add(string name, bool ofOneLabel, T value)
    {
        if (name == "*")
            all ??= value;
        else if (!name.StartsWith('*'))
            exact.TryAdd(name, value);
        else
            (ofOneLabel ? oneLabel : anyDepth).TryAdd(name[1..], value);
    }

    /// <summary>Of that very name.</summary>
    public T? Get(string name, bool ofOneLabel) => name == "*" ? all : name.StartsWith('*') ? (ofOneLabel ? oneLabel : anyDepth).GetValueOrDefault(name[1..]) : exact.GetValueOrDefault(name);

    public T? Find(ReadOnlySpan<char> name)
    {
        if (exact.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var found))
            return found;
        if (oneLabel.Count + anyDepth.Count == 0)
            return all;
        var first = true;
        for (var dot = name.IndexOf('.'); dot >= 0; first = false)
        {
            // A wildcard stands for at least one character.
            var suffix = name[dot..];
            if (dot > 0 && first && oneLabel.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(suffix, out found))
                return found;
            if (dot > 0 && anyDepth.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(suffix, out found))
                return found;
            var next = suffix[1..].IndexOf('.');
            dot = next < 0 ? -1 : dot + 1 + next;
        }
        return all;
    }

    /// <summary>True where a name, wildcard or "*" stands for a host, whoever else does.</summary>
    public static bool Fits(string name, bool ofOneLabel, ReadOnlySpan<char> host)
    {
        if (name == "*")
            return true;
        if (!name.StartsWith('*'))
            return host.Equals(name, StringComparison.OrdinalIgnoreCase);
        var left = host.Length - (name.Length - 1);
        return left > 0 && host[left..].Equals(name.AsSpan(1), StringComparison.OrdinalIgnoreCase) && !(ofOneLabel && host[..left].Contains('.'));
    }
}
