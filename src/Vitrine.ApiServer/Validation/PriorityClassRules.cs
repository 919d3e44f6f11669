using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Admission;

namespace Vitrine.ApiServer.Validation;

/// <summary>Source: ValidatePriorityClass of pkg/apis/scheduling/validation.</summary>
internal static class PriorityClassRules
{
    private const long HighestOfUsers = 1_000_000_000;

    public static void Check(JsonObject value, JsonObject? old, List<FieldCause> causes)
    {
        var name = value.TextAt("metadata.name");
        var priority = value.Number("value") ?? 0;
        if (name.StartsWith("system-", StringComparison.Ordinal))
        {
            if (Stranger(value, name, priority) is { } why)
            {
                causes.Add(Cause.Forbidden("metadata.name", $"priority class names with 'system-' prefix are reserved for system use only. error: {why}"));
            }
        }
        else if (priority > HighestOfUsers)
        {
            causes.Add(Cause.Forbidden("value", $"maximum allowed value of a user defined priority is {HighestOfUsers}"));
        }
        causes.OneOf(value, "", "preemptionPolicy", "Never", "PreemptLowerPriority");
        if (old is null)
        {
            return;
        }
        if (priority != (old.Number("value") ?? 0))
        {
            causes.Add(Cause.Forbidden("value", "may not be changed in an update."));
        }
        causes.Unchanged(value, old, "", "preemptionPolicy");
    }

    private static string? Stranger(JsonObject value, string name, long priority) =>
        !SystemPriorityClasses.Values.TryGetValue(name, out var known) ? $"{name} is not a known system priority class"
        : known.Value != priority ? $"value of {name} PriorityClass must be {known.Value}"
        : value.Flag("globalDefault") ? $"globalDefault of {name} PriorityClass must be false"
        : null;
}
