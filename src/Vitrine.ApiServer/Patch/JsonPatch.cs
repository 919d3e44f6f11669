using System.Globalization;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Patch;

/// <summary>RFC 6902 over RFC 6901 pointers.</summary>
internal static class JsonPatch
{
    private const int MaxOperations = 10_000;

    /// <summary>Bytes that copy operations may add in all: each may double the document.</summary>
    private const int MaxCopied = 3 * 1024 * 1024;

    public static JsonNode? Apply(JsonNode? document, JsonArray patch)
    {
        if (patch.Count > MaxOperations)
        {
            throw new ApiException(413, "RequestEntityTooLarge",
                $"The allowed maximum operations in a JSON patch is {MaxOperations}, got {patch.Count}");
        }
        var copied = 0;
        foreach (var operation in patch)
        {
            document = One(document, operation as JsonObject ?? throw new PatchMismatchException("an operation is not an object"), ref copied);
        }
        return document;
    }

    private static JsonNode? One(JsonNode? document, JsonObject operation, ref int copied)
    {
        var op = operation.Text("op");
        var path = Pointer(operation, op, "path");
        switch (op)
        {
            case "add":
                return Add(document, path, Value(operation, op), op);
            case "remove":
                return Remove(document, path, op, out _);
            case "replace":
                Get(document, path, op);
                return path.Length == 0 ? Value(operation, op) : Set(document, path, Value(operation, op));
            case "move":
                var from = Pointer(operation, op, "from");
                if (path.Length > from.Length && path.AsSpan(0, from.Length).SequenceEqual(from))
                {
                    throw new PatchMismatchException("move operation does not apply: a value cannot move into itself");
                }
                document = Remove(document, from, op, out var moved);
                return Add(document, path, moved, op);
            case "copy":
                var source = Get(document, Pointer(operation, op, "from"), op);
                copied += JsonTree.SizeOf(source);
                return copied > MaxCopied
                    ? throw new PatchMismatchException($"copy operation does not apply: all copies together exceed {MaxCopied} bytes")
                    : Add(document, path, source?.DeepClone(), op);
            case "test":
                return JsonNode.DeepEquals(Get(document, path, op), operation["value"])
                    ? document
                    : throw new PatchMismatchException($"testing value {operation.Text("path")} failed: test failed");
            default:
                throw new PatchMismatchException($"unexpected kind: {(op.Length == 0 ? "unknown" : op)}");
        }
    }

    private static string[] Pointer(JsonObject operation, string op, string field)
    {
        var text = operation[field].AsText() ?? throw new PatchMismatchException($"{op} operation failed to decode {field}: missing {field}");
        if (text.Length == 0)
        {
            return [];
        }
        return text[0] == '/'
            ? [.. text[1..].Split('/').Select(s => s.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))]
            : throw new PatchMismatchException($"{op} operation does not apply: {field} \"{text}\" does not start with /");
    }

    private static JsonNode? Value(JsonObject operation, string op) => operation.ContainsKey("value")
        ? operation["value"]?.DeepClone()
        : throw new PatchMismatchException($"{op} operation has no value");

    private static JsonNode? Get(JsonNode? node, ReadOnlySpan<string> path, string op)
    {
        foreach (var step in path)
        {
            node = node switch
            {
                JsonObject map when map.ContainsKey(step) => map[step],
                JsonArray list when Index(step) is { } index && index < list.Count => list[index],
                _ => throw Missing(op, path),
            };
        }
        return node;
    }

    private static JsonNode? Set(JsonNode? document, string[] path, JsonNode? value)
    {
        var parent = Get(document, path.AsSpan(0, path.Length - 1), "replace");
        if (parent is JsonArray list)
        {
            list[Index(path[^1])!.Value] = value;
        }
        else
        {
            parent!.AsObject()[path[^1]] = value;
        }
        return document;
    }

    private static JsonNode? Add(JsonNode? document, string[] path, JsonNode? value, string op)
    {
        if (path.Length == 0)
        {
            return value;
        }
        switch (Get(document, path.AsSpan(0, path.Length - 1), op))
        {
            case JsonObject map:
                map[path[^1]] = value;
                return document;
            case JsonArray list when path[^1] == "-":
                list.Add(value);
                return document;
            case JsonArray list when Index(path[^1]) is { } index && index <= list.Count:
                list.Insert(index, value);
                return document;
            default:
                throw Missing(op, path);
        }
    }

    private static JsonNode? Remove(JsonNode? document, string[] path, string op, out JsonNode? removed)
    {
        removed = Get(document, path, op);
        if (path.Length == 0)
        {
            return null;
        }
        var parent = Get(document, path.AsSpan(0, path.Length - 1), op);
        if (parent is JsonArray list)
        {
            list.RemoveAt(Index(path[^1])!.Value);
        }
        else
        {
            parent!.AsObject().Remove(path[^1]);
        }
        return document;
    }

    /// <summary>RFC 6901: digits, and no leading zero.</summary>
    private static int? Index(string step) =>
        (step is "0" || (step.Length > 0 && step[0] != '0'))
        && int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;

    private static PatchMismatchException Missing(string op, ReadOnlySpan<string> path) =>
        new($"{op} operation does not apply: doc is missing path: \"/{string.Join('/', path.ToArray())}\": missing value");
}
