using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Quotas;

/// <summary>Reading and writing the amounts of a ResourceQuota.</summary>
internal static class QuotaStatus
{
    public static Dictionary<string, Quantity> Amounts(JsonObject quota, string part, string field)
    {
        var amounts = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var (name, value) in quota.Object(part).Object(field) ?? [])
        {
            if (Quantity.TryParse(value.AsText() ?? "", out var amount))
            {
                amounts[name] = amount;
            }
        }
        return amounts;
    }

    /// <summary>The quota with a status of what is used of each hard limit.</summary>
    public static JsonObject With(JsonObject quota, Dictionary<string, Quantity> hard, Dictionary<string, Quantity> used)
    {
        quota["status"] = new JsonObject { ["hard"] = Write(hard.Keys, hard), ["used"] = Write(hard.Keys, used) };
        return quota;
    }

    private static JsonObject Write(IEnumerable<string> names, Dictionary<string, Quantity> amounts) =>
        new(names.Order(StringComparer.Ordinal).Select(name => KeyValuePair.Create(name, (JsonNode?)amounts.GetValueOrDefault(name).ToString())));
}
