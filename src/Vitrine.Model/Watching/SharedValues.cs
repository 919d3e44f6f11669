using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Watching;

/// <summary>
/// What thousands of objects say alike, kept once: names of namespaces and nodes, labels, ports. One watch's: not for several threads. It forgets all once
/// there is too much, lest names of pods that are long gone stay; what comes then is kept anew.
/// </summary>
internal sealed class SharedValues
{
    private const int Most = 1 << 16;
    private readonly Dictionary<string, string> texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableDictionary<string, string>> maps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableArray<PodPort>> ports = new(StringComparer.Ordinal);

    /// <summary>The same text, or an earlier one like it.</summary>
    public string Text(string text) => text.Length == 0 ? "" : Kept(texts, text, text, static (_, t) => t);

    /// <summary>A field's text; empty where there is none.</summary>
    public string Text(JsonElement value, string name) => Text(value.Text(name));

    /// <summary>An object of texts, such as labels.</summary>
    public ImmutableDictionary<string, string> Map(JsonElement map)
    {
        if (map.ValueKind != JsonValueKind.Object)
            return ImmutableDictionary<string, string>.Empty;
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var one in map.EnumerateObject())
            all[one.Name] = one.Value.ValueKind == JsonValueKind.String ? one.Value.GetString()! : "";
        var key = new StringBuilder();
        foreach (var (name, value) in all)
            key.Append(name).Append('\n').Append(value).Append('\n');
        return Kept(maps, key.ToString(), all, static (shared, of) => of.ToImmutableDictionary(l => shared.Text(l.Key), l => shared.Text(l.Value)));
    }

    /// <summary>Ports of a pod's containers.</summary>
    public ImmutableArray<PodPort> Ports(ImmutableArray<PodPort> some) => some.IsEmpty ? [] : Kept(ports, string.Join('\n', some), some, static (_, s) => s);

    private TValue Kept<TValue, TFrom>(Dictionary<string, TValue> pool, string key, TFrom from, Func<SharedValues, TFrom, TValue> make)
    {
        if (pool.TryGetValue(key, out var known))
            return known;
        if (pool.Count >= Most)
            pool.Clear();
        return pool[key] = make(this, from);
    }
}
