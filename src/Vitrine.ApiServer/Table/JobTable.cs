using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;
using static Vitrine.ApiServer.Table.WorkloadCells;

namespace Vitrine.ApiServer.Table;

/// <summary>Source: printJob of pkg/printers/internalversion.</summary>
internal static class JobTable
{
    public static TableLayout Layout { get; } = new(
    [
        TableColumn.ObjectName,
        new("Status", "Status of the job."),
        new("Completions", "The number of pods that reached phase Succeeded, of the wanted number."),
        new("Duration", "Time required to complete the job."),
        TableColumn.Age,
        Containers,
        Images,
        Selector,
    ],
    static (job, now) =>
    [
        Ages.NameOf(job),
        Status(job),
        Completions(job),
        Duration(job, now),
        Ages.Of(job, now),
        ContainersOf(Spec(job)),
        ImagesOf(Spec(job)),
        SelectorOf(Spec(job).Object("selector")),
    ]);

    private static string Status(JsonObject job)
    {
        var met = job["status"].Objects("conditions").Where(c => c.Text("status") == "True").Select(c => c.Text("type")).ToHashSet();
        return met.Contains("Complete") ? "Complete"
            : met.Contains("Failed") ? "Failed"
            : job["metadata"].Has("deletionTimestamp") ? "Terminating"
            : met.Contains("Suspended") ? "Suspended"
            : met.Contains("FailureTarget") ? "FailureTarget"
            : met.Contains("SuccessCriteriaMet") ? "SuccessCriteriaMet"
            : "Running";
    }

    private static string Completions(JsonObject job)
    {
        var done = Count(job, "status", "succeeded");
        if (job["spec"].Number("completions") is { } wanted)
        {
            return $"{done}/{wanted}";
        }
        // Without a number the first success decides.
        return Count(job, "spec", "parallelism") is > 1 and var many ? $"{done}/1 of {many}" : $"{done}/1";
    }

    private static string Duration(JsonObject job, DateTimeOffset now) =>
        job["status"].Moment("startTime") is { } start ? Ages.Human((job["status"].Moment("completionTime") ?? now) - start) : "";
}
