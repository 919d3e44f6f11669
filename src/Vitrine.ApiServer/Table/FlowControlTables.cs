using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Table;

/// <summary>Source: printFlowSchema and printPriorityLevelConfiguration of pkg/printers/internalversion.</summary>
internal static class FlowControlTables
{
    private const string None = "<none>";

    public static TableLayout Schema { get; } = new(
    [
        TableColumn.ObjectName,
        new("PriorityLevel", "The PriorityLevelConfiguration that requests of this schema belong to."),
        new("MatchingPrecedence", "Of the schemas that match a request, the one with the lowest number is taken.", Type: "integer"),
        new("DistinguisherMethod", "What tells the flows of this schema apart."),
        TableColumn.Age,
        new("MissingPL", "Whether the PriorityLevelConfiguration is missing."),
    ],
    static (value, now) =>
    [
        Ages.NameOf(value),
        value.TextAt("spec.priorityLevelConfiguration.name"),
        value["spec"].Number("matchingPrecedence") ?? 0,
        value.TextAt("spec.distinguisherMethod.type") is { Length: > 0 } method ? method : None,
        Ages.Of(value, now),
        value["status"].Objects("conditions").FirstOrDefault(static one => one.Text("type") == "Dangling")?.Text("status") ?? "?",
    ]);

    public static TableLayout Level { get; } = new(
    [
        TableColumn.ObjectName,
        new("Type", "Whether requests of this level are limited."),
        new("NominalConcurrencyShares", "The level's part of the requests the server serves at once."),
        new("Queues", "How many queues the level has."),
        new("HandSize", "How many of them each flow may wait in."),
        new("QueueLengthLimit", "How many requests may wait in one."),
        TableColumn.Age,
    ],
    static (value, now) =>
    [
        Ages.NameOf(value),
        value.TextAt("spec.type"),
        Number(value["spec"].Object("limited") ?? value["spec"].Object("exempt"), "nominalConcurrencyShares"),
        Number(Queuing(value), "queues"),
        Number(Queuing(value), "handSize"),
        Number(Queuing(value), "queueLengthLimit"),
        Ages.Of(value, now),
    ]);

    private static JsonObject? Queuing(JsonObject value) => value["spec"].Object("limited").Object("limitResponse").Object("queuing");

    private static TableCell Number(JsonObject? of, string field) => of.Number(field) is { } number ? number : None;
}
