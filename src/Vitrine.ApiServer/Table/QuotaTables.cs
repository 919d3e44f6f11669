using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Table;

/// <summary>Source: printResourceQuota of pkg/printers/internalversion.</summary>
internal static class QuotaTables
{
    public static TableLayout LimitRange { get; } = TableLayout.NameAndAge;

    public static TableLayout ResourceQuota { get; } = new(
    [
        TableColumn.ObjectName,
        new("Request", "Request represents a minimum amount of cpu/memory that a container may consume."),
        new("Limit", "Limits control the maximum amount of cpu/memory that a container may use independent of contention on the node."),
        TableColumn.Age,
    ],
    static (quota, now) =>
    [
        Ages.NameOf(quota),
        Used(quota, static name => !name.StartsWith("limits.", StringComparison.Ordinal)),
        Used(quota, static name => name.StartsWith("limits.", StringComparison.Ordinal)),
        Ages.Of(quota, now),
    ]);

    private static string Used(JsonObject quota, Func<string, bool> shown) => string.Join(", ",
        (quota.Object("status").Object("hard") ?? []).Select(static pair => pair.Key).Where(shown).Order(StringComparer.Ordinal)
            .Select(name => $"{name}: {(quota.Object("status").Object("used").Text(name) is { Length: > 0 } used ? used : "0")}/{quota.Object("status").Object("hard").Text(name)}"));
}
