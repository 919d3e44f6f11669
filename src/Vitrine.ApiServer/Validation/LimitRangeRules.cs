using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>Source: ValidateLimitRange of pkg/apis/core/validation.</summary>
internal static class LimitRangeRules
{
    private static readonly string[] Fields = ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"];

    public static void Check(JsonObject range, JsonObject? old, List<FieldCause> causes)
    {
        var types = new HashSet<string>(StringComparer.Ordinal);
        var index = 0;
        foreach (var item in range.Object("spec").Objects("limits"))
        {
            var path = $"spec.limits[{index++}]";
            var type = item.Text("type");
            causes.Named($"{path}.type", type, Names.Qualified);
            if (type is not ("Pod" or "Container" or "PersistentVolumeClaim") && !type.Contains('/', StringComparison.Ordinal))
            {
                causes.Add(Cause.Invalid($"{path}.type", type, "must be a standard limit type or fully qualified"));
            }
            if (!types.Add(type))
            {
                causes.Add(Cause.Duplicate($"{path}.type", type));
            }
            Item(item, type, path, causes);
        }
    }

    private static void Item(JsonObject item, string type, string path, List<FieldCause> causes)
    {
        var amounts = Fields.ToDictionary(static f => f, f => ResourceRules.Amounts(item.Object(f), $"{path}.{f}", causes));
        if (type == "Pod")
        {
            foreach (var field in (string[])["default", "defaultRequest"])
            {
                if (item.Object(field) is { Count: > 0 })
                {
                    causes.Add(Cause.Forbidden($"{path}.{field}", "may not be specified when `type` is 'Pod'"));
                }
            }
        }
        if (type == "PersistentVolumeClaim" && !amounts["min"].ContainsKey("storage") && !amounts["max"].ContainsKey("storage"))
        {
            causes.Add(Cause.Required($"{path}.limits", "either minimum or maximum storage value is required, but neither was provided"));
        }
        foreach (var name in amounts.Values.SelectMany(static a => a.Keys).Distinct())
        {
            Order(amounts, name, path, causes);
        }
    }

    private static void Order(Dictionary<string, Dictionary<string, Quantity>> amounts, string name, string path, List<FieldCause> causes)
    {
        Above("min", "max");
        Above("defaultRequest", "max", "default request");
        Above("min", "defaultRequest", "min", "default request");
        Above("default", "max");
        Above("min", "default");
        Above("defaultRequest", "default", "default request", "default");
        if (Of("maxLimitRequestRatio") is { } ratio && ratio.Nanos < 1_000_000_000)
        {
            causes.Add(Cause.Invalid($"{path}.maxLimitRequestRatio[{name}]", ratio.ToString(), $"ratio {ratio} is less than 1"));
        }

        void Above(string less, string more, string lessName = "", string moreName = "")
        {
            if (Of(less) is { } low && Of(more) is { } high && low.CompareTo(high) > 0)
            {
                var (l, m) = (lessName.Length > 0 ? lessName : less, moreName.Length > 0 ? moreName : more);
                causes.Add(Cause.Invalid($"{path}.{less}[{name}]", low.ToString(), $"{l} value {low} is greater than {m} value {high}"));
            }
        }

        Quantity? Of(string field) => amounts[field].TryGetValue(name, out var amount) ? amount : null;
    }
}
