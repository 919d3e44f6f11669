using System.Text.Json.Nodes;
using static Vitrine.ApiServer.Table.WorkloadCells;

namespace Vitrine.ApiServer.Table;

/// <summary>Source: printPodDisruptionBudget of pkg/printers/internalversion.</summary>
internal static class DisruptionBudgetTable
{
    public static TableLayout Layout { get; } = new(
    [
        TableColumn.ObjectName,
        new("Min Available", "The minimum number of pods that must be available."),
        new("Max Unavailable", "The maximum number of pods that may be unavailable."),
        new("Allowed Disruptions", "Calculated number of pods that may be disrupted at this time.", Type: "integer"),
        TableColumn.Age,
    ],
    static (budget, now) =>
    [
        Ages.NameOf(budget),
        Amount(budget, "minAvailable"),
        Amount(budget, "maxUnavailable"),
        Count(budget, "status", "disruptionsAllowed"),
        Ages.Of(budget, now),
    ]);

    private static string Amount(JsonObject budget, string field) => Spec(budget)[field]?.ToString() ?? "N/A";
}
