using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Vitrine.ApiServer.Objects;

/// <summary>Reads one YAML document into JSON nodes. Aliases are copied, within a limit on the nodes made in all.</summary>
internal static class YamlTree
{
    private const int MaxNodes = 200_000;

    /// <summary>Throws <see cref="FormatException"/> with the line of the fault.</summary>
    /// <param name="yaml">one document</param>
    /// <param name="duplicates">gets the path of each field that is written twice</param>
    /// <param name="lines">gets the line of each field by its path, from 1; null where nobody asks</param>
    public static JsonNode? Parse(string yaml, List<string> duplicates, Dictionary<string, int>? lines = null)
    {
        var reader = new Reader(new Parser(new StringReader(yaml)), duplicates, lines);
        try
        {
            return reader.Document();
        }
        catch (YamlException e)
        {
            throw new FormatException($"yaml: line {e.Start.Line}: {e.Message}", e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // The library answers so to some broken flow mappings and tags; it does not know the line.
            throw new FormatException("yaml: broken document: " + e.Message, e);
        }
    }

    private sealed class Reader(IParser parser, List<string> duplicates, Dictionary<string, int>? lines)
    {
        private readonly Dictionary<string, JsonNode?> anchors = [];
        private int nodes;

        public JsonNode? Document()
        {
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
            {
                return null;
            }
            parser.Consume<DocumentStart>();
            var node = Value("", 0);
            parser.Consume<DocumentEnd>();
            return parser.Accept<StreamEnd>(out _) ? node : throw new FormatException("yaml: more than one document in a request");
        }

        private JsonNode? Value(string path, int depth)
        {
            if (depth > JsonTree.MaxDepth)
            {
                throw new FormatException($"yaml: exceeded max depth of {JsonTree.MaxDepth}");
            }
            Count(1);
            if (path.EndsWith(']'))
            {
                Place(path, parser.Current);
            }
            if (parser.TryConsume<AnchorAlias>(out var alias))
            {
                return anchors.TryGetValue(alias.Value.Value, out var target)
                    ? Copy(target, depth)
                    : throw new FormatException($"yaml: line {alias.Start.Line}: unknown anchor '{alias.Value.Value}' referenced");
            }
            if (parser.TryConsume<Scalar>(out var scalar))
            {
                return Anchor(scalar.Anchor, scalar.IsPlainImplicit ? YamlScalar.Resolve(scalar.Value) : YamlScalar.Tagged(scalar));
            }
            if (parser.TryConsume<SequenceStart>(out var sequence))
            {
                var list = new JsonArray();
                while (!parser.TryConsume<SequenceEnd>(out _))
                {
                    list.Add(Value($"{path}[{list.Count}]", depth + 1));
                }
                return Anchor(sequence.Anchor, list);
            }
            var start = parser.Consume<MappingStart>();
            return Anchor(start.Anchor, Mapping(path, depth));
        }

        private JsonObject Mapping(string path, int depth)
        {
            var map = new JsonObject();
            var merged = new List<JsonNode?>();
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                var key = parser.Consume<Scalar>();
                var at = path.Length == 0 ? key.Value : $"{path}.{key.Value}";
                Place(at, key);
                if (map.ContainsKey(key.Value))
                {
                    duplicates.Add(at);
                }
                var value = Value(at, depth + 1);
                if (key.Value == "<<" && key.IsPlainImplicit)
                {
                    merged.Add(value);
                    continue;
                }
                map[key.Value] = value;
            }
            foreach (var (name, value) in merged.SelectMany(m => m is JsonArray list ? list.AsEnumerable() : [m]).OfType<JsonObject>().SelectMany(o => o))
            {
                if (!map.ContainsKey(name))
                {
                    map[name] = Copy(value, depth);
                }
            }
            return map;
        }

        private void Place(string path, ParsingEvent? at)
        {
            if (lines is not null && at is not null)
            {
                lines[path] = (int)at.Start.Line;
            }
        }

        private JsonNode? Anchor(AnchorName anchor, JsonNode? node)
        {
            if (!anchor.IsEmpty)
            {
                anchors[anchor.Value] = node;
            }
            return node;
        }

        /// <summary>Counts before it copies: the billion-laughs document grows by copying.</summary>
        private JsonNode? Copy(JsonNode? node, int depth)
        {
            Measure(node, depth);
            return node?.DeepClone();
        }

        private void Measure(JsonNode? node, int depth)
        {
            Count(1);
            if (depth > JsonTree.MaxDepth)
            {
                throw new FormatException($"yaml: exceeded max depth of {JsonTree.MaxDepth}");
            }
            var children = node switch
            {
                JsonObject map => map.Select(p => p.Value),
                JsonArray list => list,
                _ => [],
            };
            foreach (var child in children)
            {
                Measure(child, depth + 1);
            }
        }

        private void Count(int more)
        {
            nodes += more;
            if (nodes > MaxNodes)
            {
                throw new FormatException("yaml: document contains excessive aliasing");
            }
        }
    }
}
