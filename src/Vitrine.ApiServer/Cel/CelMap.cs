using System.Text.Json.Nodes;
using Vitrine.ApiServer.Structural;

namespace Vitrine.ApiServer.Cel;

/// <summary>A map: of an expression, or of an object, whose values are made when they are asked for. Keys are bool, long, ulong or string; equal numbers are one key.</summary>
internal sealed class CelMap
{
    private readonly JsonObject? _node;
    private readonly StructuralSchema? _schema;
    private readonly bool _isObject;
    private readonly Dictionary<object, object?> _entries = [];

    public CelMap(JsonObject node, StructuralSchema? schema) => (_node, _schema) = (node, schema);

    public CelMap(IEnumerable<KeyValuePair<object, object?>> entries)
    {
        foreach (var (key, value) in entries)
        {
            if (!_entries.TryAdd(Key(key), value))
            {
                throw new CelFault($"Failed with repeated key: {key}");
            }
        }
    }

    private CelMap(CelObject value) => (_node, _schema, _isObject) = (value.Node, value.Schema, true);

    public int Count => _isObject ? Keys.Count() : _node?.Count ?? _entries.Count;

    public IEnumerable<object> Keys => _node is null ? _entries.Keys : _node.Select(static p => p.Key).Where(key => !_isObject || _schema!.Properties.ContainsKey(key));

    /// <summary>Of an object its fields; null for what is neither map nor object.</summary>
    public static CelMap? Of(object? value) => value as CelMap ?? (value is CelObject whole ? new CelMap(whole) : null);

    public bool Find(object? key, out object? value)
    {
        value = null;
        if (_node is null)
        {
            return key is not null && _entries.TryGetValue(Key(key), out value);
        }
        StructuralSchema? schema = _schema;
        if (key is not string name || (_isObject && !_schema!.Properties.TryGetValue(name, out schema)) || !_node.TryGetPropertyValue(name, out var found))
        {
            return false;
        }
        value = CelValues.From(found, schema);
        return true;
    }

    public bool IsEqual(CelMap other, CelBudget budget)
    {
        budget.Traverse(Count);
        return Count == other.Count && Keys.All(key => Find(key, out var mine) && other.Find(key, out var theirs) && CelValues.AreEqual(mine, theirs, budget));
    }

    private static object Key(object key) => key switch
    {
        ulong number and <= long.MaxValue => (long)number,
        double number when number == Math.Floor(number) && number is >= long.MinValue and < 9223372036854775808.0 => (long)number,
        _ => key,
    };
}
