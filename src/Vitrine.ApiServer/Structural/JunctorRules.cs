using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Structural;

/// <summary>allOf, anyOf, oneOf and not. Each alternative is tried once, however deep they nest.</summary>
internal static class JunctorRules
{
    public static void Check(JsonNode value, ValueTests tests, string path, List<FieldCause> causes)
    {
        foreach (var part in tests.AllOf)
        {
            ValueRules.Check(value, null, part, path, causes);
        }
        if (tests.AnyOf.Count > 0 && Try(value, tests.AnyOf, path) is { Valid: 0 } none)
        {
            causes.AddRange(none.Closest);
            causes.Add(Fault(path, "must validate at least one schema (anyOf)"));
        }
        if (tests.OneOf.Count > 0 && Try(value, tests.OneOf, path) is { Valid: not 1 } tried)
        {
            causes.AddRange(tried.Closest);
            causes.Add(Fault(path, $"must validate one and only one schema (oneOf). Found {(tried.Valid == 0 ? "none valid" : $"{tried.Valid} valid alternatives")}"));
        }
        if (tests.Not is { } not && Try(value, [not], path).Valid == 1)
        {
            causes.Add(Fault(path, "must not validate the schema (not)"));
        }
    }

    /// <summary>How many hold; what is wrong by the one with the fewest faults, nothing where one holds.</summary>
    private static (int Valid, List<FieldCause> Closest) Try(JsonNode value, IReadOnlyList<StructuralSchema> parts, string path)
    {
        var valid = 0;
        List<FieldCause>? closest = null;
        foreach (var part in parts)
        {
            var found = new List<FieldCause>();
            ValueRules.Check(value, null, part, path, found);
            valid += found.Count == 0 ? 1 : 0;
            closest = closest is null || found.Count < closest.Count ? found : closest;
        }
        return (valid, closest ?? []);
    }

    private static FieldCause Fault(string path, string what) => new("FieldValueInvalid", path, $"Invalid value: \"\": {Cause.Quote(path)} {what}");
}
