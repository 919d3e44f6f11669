using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Defaulting;

/// <summary>Source: SetDefaults_LimitRangeItem of pkg/apis/core/v1/defaults.go.</summary>
internal static class LimitRangeDefaults
{
    public static void Apply(JsonObject range)
    {
        foreach (var item in range.Object("spec").Objects("limits").Where(static i => i.Text("type") == "Container"))
        {
            // A container may use what it may use at most, and asks for what it may use.
            Fill(item, "default", "max");
            Fill(item, "defaultRequest", "default");
            Fill(item, "defaultRequest", "min");
        }
    }

    private static void Fill(JsonObject item, string field, string from)
    {
        foreach (var (name, amount) in item.Object(from) ?? [])
        {
            var into = item.Ensure(field);
            into[name] ??= amount?.DeepClone();
        }
    }
}
