using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>Requests and limits of a container.</summary>
internal static class ResourceRules
{
    public static void Check(JsonObject? resources, string path, List<FieldCause> causes)
    {
        var limits = Amounts(resources.Object("limits"), $"{path}.limits", causes);
        var requests = Amounts(resources.Object("requests"), $"{path}.requests", causes);
        foreach (var (name, request) in requests)
        {
            var overcommits = name is "cpu" or "memory" or "ephemeral-storage";
            if (!limits.TryGetValue(name, out var limit))
            {
                if (!overcommits)
                {
                    causes.Add(Cause.Required($"{path}.limits", "Limit must be set for non overcommitable resources"));
                }
                continue;
            }
            if (!overcommits && request.CompareTo(limit) != 0)
            {
                causes.Add(Cause.Invalid($"{path}.requests", request.ToString(), $"must be equal to {name} limit of {limit}"));
            }
            else if (request.CompareTo(limit) > 0)
            {
                causes.Add(Cause.Invalid($"{path}.requests", request.ToString(), $"must be less than or equal to {name} limit of {limit}"));
            }
        }
    }

    /// <summary>The amounts that can be read, by resource.</summary>
    public static Dictionary<string, Quantity> Amounts(JsonObject? amounts, string path, List<FieldCause> causes)
    {
        var read = new Dictionary<string, Quantity>();
        foreach (var (name, value) in amounts ?? [])
        {
            var at = $"{path}[{name}]";
            causes.Named(at, name, Names.Qualified);
            if (!name.Contains('/', StringComparison.Ordinal) && !IsStandard(name))
            {
                causes.Add(Cause.Invalid(at, name, "must be a standard resource type or fully qualified"));
            }
            if (!Quantity.TryParse(value.AsText() ?? "", out var quantity))
            {
                causes.Add(Cause.Invalid(at, value, Quantity.Expected));
                continue;
            }
            if (quantity.IsNegative)
            {
                causes.Add(Cause.Invalid(at, value, FieldRules.NotNegative));
            }
            read[name] = quantity;
        }
        return read;
    }

    private static bool IsStandard(string name) =>
        name is "cpu" or "memory" or "ephemeral-storage" or "storage" || name.StartsWith("hugepages-", StringComparison.Ordinal);
}
