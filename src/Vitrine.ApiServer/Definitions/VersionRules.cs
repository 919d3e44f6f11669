using System.Text.Json.Nodes;
using Vitrine.ApiServer.Cel;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Structural;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Definitions;

/// <summary>One version of a definition: its schema, columns, subresources and selectable fields.</summary>
internal static class VersionRules
{
    private const int MaxSelectableFields = 8;
    private static readonly string[] ColumnTypes = ["boolean", "date", "integer", "number", "string"];
    private static readonly string[] ColumnFormats = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"];

    /// <param name="version">As it is asked for.</param>
    /// <param name="before">What was stored under its name, null for none: a schema that does not change is not judged again.</param>
    /// <param name="path">Of the version.</param>
    /// <param name="causes">Gets what is wrong.</param>
    public static void Check(JsonObject version, JsonObject? before, string path, List<FieldCause> causes)
    {
        if (causes.Require(version, path, "name"))
        {
            causes.Named($"{path}.name", version.Text("name"), DefinitionSyntax.Label1035);
        }
        if (version.Text("deprecationWarning") is { Length: > 0 } warning)
        {
            if (!version.Flag("deprecated"))
            {
                causes.Add(Cause.Invalid($"{path}.deprecationWarning", warning, "can only be set for deprecated versions"));
            }
            else if (warning.Length > 256 || warning.Any(char.IsControl))
            {
                causes.Add(Cause.Invalid($"{path}.deprecationWarning", warning, "must be at most 256 printable characters"));
            }
        }
        Columns(version, path, causes);
        Subresources(version, path, causes);
        var at = $"{path}.schema.openAPIV3Schema";
        if (version.Object("schema").Object("openAPIV3Schema") is not { } schema)
        {
            causes.Add(Cause.Required(at, "schemas are required"));
            return;
        }
        if (!JsonNode.DeepEquals(schema, before.Object("schema").Object("openAPIV3Schema")))
        {
            Schema(schema, at, causes);
        }
        SelectableFields(version, schema, path, causes);
    }

    private static void Schema(JsonObject schema, string path, List<FieldCause> causes)
    {
        var found = causes.Count;
        SchemaRules.Check(schema, path, causes);
        if (causes.Count == found)
        {
            DefaultRules.Check(schema, path, causes);
            RuleRules.Check(schema, path, causes);
        }
    }

    private static void Columns(JsonObject version, string path, List<FieldCause> causes)
    {
        foreach (var (column, i) in version.Objects("additionalPrinterColumns").Select(static (c, i) => (c, i)))
        {
            var at = $"{path}.additionalPrinterColumns[{i}]";
            causes.Require(column, at, "name");
            if (causes.Require(column, at, "type", $"must be one of {string.Join(',', ColumnTypes)}"))
            {
                causes.OneOf(column, at, "type", ColumnTypes);
            }
            causes.OneOf(column, at, "format", ColumnFormats);
            if (causes.Require(column, at, "jsonPath"))
            {
                Path(column.Text("jsonPath"), $"{at}.jsonPath", causes);
            }
        }
    }

    private static JsonPath? Path(string text, string at, List<FieldCause> causes)
    {
        if (text[0] != '.')
        {
            causes.Add(Cause.Invalid(at, text, "must be a simple json path starting with ."));
            return null;
        }
        try
        {
            return JsonPath.Parse(text);
        }
        catch (FormatException e)
        {
            causes.Add(Cause.Invalid(at, text, $"cannot be read as a JSON path: {e.Message}"));
            return null;
        }
    }

    private static void Subresources(JsonObject version, string path, List<FieldCause> causes)
    {
        if (version.Object("subresources").Object("scale") is not { } scale)
        {
            return;
        }
        var at = $"{path}.subresources.scale";
        foreach (var (field, roots, needed) in ((string, string[], bool)[])[("specReplicasPath", ["spec"], true), ("statusReplicasPath", ["status"], true), ("labelSelectorPath", ["spec", "status"], false)])
        {
            var text = scale.Text(field);
            if (text.Length == 0)
            {
                if (needed)
                {
                    causes.Add(Cause.Required($"{at}.{field}"));
                }
            }
            else if (Path(text, $"{at}.{field}", causes) is { } parsed && !(parsed.Fields is { Count: > 1 } fields && roots.Contains(fields[0])))
            {
                causes.Add(Cause.Invalid($"{at}.{field}", text, $"should be a json path under {string.Join(" or ", roots.Select(static r => "." + r))}"));
            }
        }
    }

    private static void SelectableFields(JsonObject version, JsonObject schema, string path, List<FieldCause> causes)
    {
        JsonObject[] fields = [.. version.Objects("selectableFields")];
        if (fields.Length > MaxSelectableFields)
        {
            causes.Add(Cause.TooMany($"{path}.selectableFields", fields.Length, MaxSelectableFields));
        }
        var seen = new HashSet<string>();
        foreach (var (field, i) in fields.Select(static (f, i) => (f, i)))
        {
            var at = $"{path}.selectableFields[{i}].jsonPath";
            if (!causes.Require(field, $"{path}.selectableFields[{i}]", "jsonPath"))
            {
                continue;
            }
            var text = field.Text("jsonPath");
            if (!seen.Add(text))
            {
                causes.Add(Cause.Duplicate(at, text));
            }
            if (Path(text, at, causes) is { } parsed && Fault(parsed, schema) is { } fault)
            {
                causes.Add(Cause.Invalid(at, text, fault));
            }
        }
    }

    private static string? Fault(JsonPath path, JsonObject schema)
    {
        if (path.Fields is not { Count: > 0 } fields)
        {
            return "is an invalid path: only fields may be named, no lists and no filters";
        }
        if (fields[0] == "metadata")
        {
            return "is an invalid path: must not point to fields in metadata";
        }
        JsonObject? node = schema;
        foreach (var name in fields)
        {
            node = node.Object("properties").Object(name);
        }
        return node is null ? "is an invalid path: does not refer to a valid field"
            : node.Text("type") is not ("string" or "boolean" or "integer") ? $"is an invalid path: must point to a field of type string, boolean or integer, not {node.Text("type")}"
            : null;
    }
}
