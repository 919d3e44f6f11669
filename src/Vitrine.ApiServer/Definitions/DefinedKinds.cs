using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Cel;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Structural;

namespace Vitrine.ApiServer.Definitions;

/// <summary>From a definition to the kinds it defines, one for each version that is served.</summary>
internal static class DefinedKinds
{
    /// <param name="definition">As stored; not changed.</param>
    /// <param name="names">Those it was given, which may be fewer than it asks for.</param>
    public static IReadOnlyList<Kind> Of(JsonObject definition, DefinitionNames names)
    {
        var spec = definition.Object("spec") ?? [];
        return [.. spec.Objects("versions").Where(static version => version.Flag("served")).Select(version => Version(definition, names, spec, version))];
    }

    private static Kind Version(JsonObject definition, DefinitionNames names, JsonObject spec, JsonObject version)
    {
        var (group, name, kind) = (spec.Text("group"), version.Text("name"), names.Kind);
        var full = $"{string.Join('.', group.Split('.').Reverse())}.{name}.{kind}";
        var openApi = version.Object("schema").Object("openAPIV3Schema") ?? [];
        var schema = SchemaReader.Read(openApi, withRules: true, isRoot: true);
        var subresources = version.Object("subresources") ?? [];
        var custom = new CustomKind(definition.TextAt("metadata.name"), Stamp(definition), $"{group}/{name}", kind, Encoding.UTF8.GetBytes(openApi.ToJsonString()), schema)
        {
            Scale = ScalePaths.Of(version),
            Deprecation = !version.Flag("deprecated") ? ""
                : version.Text("deprecationWarning") is { Length: > 0 } said ? said
                : $"{group}/{name} {kind} is deprecated",
        };
        return new Kind
        {
            Group = group,
            Version = name,
            Name = kind,
            Plural = names.Plural,
            Singular = names.Singular,
            Namespaced = spec.Text("scope") == "Namespaced",
            ShortNames = names.ShortNames,
            Categories = names.Categories,
            Subresources = [.. ((ReadOnlySpan<string>)["status", "scale"]).ToArray().Where(subresources.Has)],
            Schema = full,
            Custom = custom,
            CountsGeneration = true,
            Default = value => Defaulter.Fill(value, schema),
            Validate = (value, old, causes) => Validate(schema, value, old, causes),
            Table = PrinterColumns.Layout(version.Array("additionalPrinterColumns")),
            SelectableFields = version.Objects("selectableFields").Select(static field => field.Text("jsonPath"))
                .ToDictionary(static path => path.TrimStart('.'), static path => Field(JsonPath.Parse(path)), StringComparer.Ordinal),
        };
    }

    private static void Validate(StructuralSchema schema, JsonObject value, JsonObject? old, List<FieldCause> causes)
    {
        var found = causes.Count;
        ValueRules.Check(value, old, schema, "", causes);
        // A rule may rely on what the schema promises: of an object that breaks it nothing more is asked.
        if (causes.Count == found)
        {
            CelRules.Check(value, old, schema, causes);
        }
    }

    private static string Stamp(JsonObject definition) =>
        $"{definition.TextAt("metadata.uid")}/{(definition.Object("metadata").Number("generation") ?? 0).ToString(CultureInfo.InvariantCulture)}";

    private static Func<JsonObject, string> Field(JsonPath path) => value => path.First(value) switch
    {
        null => "",
        var found => found.AsText() ?? found.ToJsonString(),
    };
}
