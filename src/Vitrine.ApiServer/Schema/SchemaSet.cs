using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace Vitrine.ApiServer.Schema;

/// <summary>
/// All object types the served kinds reach, read once from schema.txt and the others beside it. The first is generated from the official client's models
/// by a unit test; the others are the Gateway API's, those of policy.networking.k8s.io and of metrics.k8s.io, which it has not. One line names a type, the
/// indented ones its fields: <c>name shape [!] [key=…] [patch=…] [list=set|map:key,key=default|atomic]</c>; a type of one owner is <c>name atomic</c>.
/// </summary>
internal static class SchemaSet
{
    private static readonly Lazy<FrozenDictionary<string, SchemaType>> Types = new(Read);

    public static IEnumerable<SchemaType> All => Types.Value.Values;

    /// <summary>Throws <see cref="KeyNotFoundException"/> for a name that schema.txt does not have: regenerate it after adding a kind.</summary>
    public static SchemaType Get(string name) => Types.Value.TryGetValue(name, out var type)
        ? type
        : throw new KeyNotFoundException($"schema.txt has no type {name}: run the unit tests with VITRINE_REGENERATE=1");

    public static Stream OpenText() => typeof(SchemaSet).Assembly.GetManifestResourceStream("schema.txt")!;

    public static Stream OpenGatewayText() => typeof(SchemaSet).Assembly.GetManifestResourceStream("gateway-schema.txt")!;

    private static FrozenDictionary<string, SchemaType> Read()
    {
        var types = new Dictionary<string, SchemaType>();
        Read(OpenText(), types);
        Read(OpenGatewayText(), types);
        foreach (var name in (string[])["metrics-schema.txt", "network-policy-schema.txt"])
        {
            Read(typeof(SchemaSet).Assembly.GetManifestResourceStream(name)!, types);
        }
        return types.ToFrozenDictionary();
    }

    private static void Read(Stream text, Dictionary<string, SchemaType> types)
    {
        using var reader = new StreamReader(text);
        var fields = new Dictionary<string, SchemaField>();
        while (reader.ReadLine() is { } line)
        {
            if (line[0] != ' ')
            {
                fields = [];
                var name = line.Split(' ')[0];
                types.Add(name, new SchemaType(name, fields) { IsAtomic = line.Length > name.Length });
                continue;
            }
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            fields.Add(words[0], new SchemaField(
                words[0],
                Shared(FieldShape.Parse(words[1]), Value(words, "list=")),
                words.Contains("!"),
                Value(words, "key="),
                Value(words, "patch=")));
        }
    }

    private static FieldShape Shared(FieldShape shape, string list) => list switch
    {
        "" => shape,
        "set" => shape with { Topology = Topology.Set },
        "atomic" => shape with { Topology = Topology.Atomic },
        _ => shape with { Topology = Topology.Map, Keys = [.. list["map:".Length..].Split(',').Select(Key)] },
    };

    private static ListKey Key(string text) => text.Split('=') is [var name, var value] ? new(name, JsonValue.Create(value)) : new(text);

    private static string Value(string[] words, string prefix) =>
        words.FirstOrDefault(w => w.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..] ?? "";
}
