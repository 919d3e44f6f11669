using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Structural;

/// <summary>The tests of an object: its fields, how many, which must be there.</summary>
internal static class MapRules
{
    public static void Check(JsonObject map, JsonObject? old, StructuralSchema schema, string path, List<FieldCause> causes)
    {
        foreach (var name in schema.Required)
        {
            if (!map.ContainsKey(name))
            {
                causes.Add(Cause.Required(At(path, name)));
            }
        }
        if (schema.Tests?.MaxProperties is { } most && map.Count > most)
        {
            causes.Add(Cause.TooMany(path, map.Count, most));
        }
        if (schema.Tests?.MinProperties is { } least && map.Count < least)
        {
            causes.Add(Cause.Invalid(path, map, $"{ValueRules.In(path)} should have at least {least} properties"));
        }
        foreach (var (name, value) in map)
        {
            if ((schema.Properties.GetValueOrDefault(name) ?? schema.Additional) is { } of)
            {
                ValueRules.Check(value, old?[name], of, At(path, name), causes);
            }
        }
        if (schema.Embedded)
        {
            EmbeddedRules.Check(map, path, causes);
        }
    }

    private static string At(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
