using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Table;

/// <summary>Source: printPriorityClass of pkg/printers/internalversion.</summary>
internal static class PriorityClassTable
{
    public static TableLayout Layout { get; } = new(
    [
        TableColumn.ObjectName,
        new("Value", "The value of this priority class. This is the actual priority that pods receive when they have the name of this class in their pod spec.", Type: "integer"),
        new("Global-Default", "Whether this class is the priority of pods that name none.", Type: "boolean"),
        TableColumn.Age,
        new("PreemptionPolicy", "The policy for preempting pods with lower priority."),
    ],
    static (value, now) =>
    [
        Ages.NameOf(value),
        value.Number("value") ?? 0,
        value.Flag("globalDefault"),
        Ages.Of(value, now),
        value.Text("preemptionPolicy"),
    ]);
}
