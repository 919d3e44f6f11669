using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;
using static Vitrine.ApiServer.Table.WorkloadCells;

namespace Vitrine.ApiServer.Table;

/// <summary>Source: printCronJob of pkg/printers/internalversion.</summary>
internal static class CronJobTable
{
    public static TableLayout Layout { get; } = new(
    [
        TableColumn.ObjectName,
        new("Schedule", "The schedule in Cron format, see https://en.wikipedia.org/wiki/Cron."),
        new("Timezone", "The time zone name for the given schedule, see https://en.wikipedia.org/wiki/List_of_tz_database_time_zones."),
        new("Suspend", "This flag tells the controller to suspend subsequent executions.", Type: "boolean"),
        new("Active", "The number of currently running jobs.", Type: "integer"),
        new("Last Schedule", "Information when was the last time the job was successfully scheduled."),
        TableColumn.Age,
        Containers,
        Images,
        Selector,
    ],
    static (cron, now) =>
    [
        Ages.NameOf(cron),
        cron.TextAt("spec.schedule"),
        OrNone(cron.TextAt("spec.timeZone")),
        cron["spec"].Flag("suspend") ? "True" : "False",
        (long)cron["status"].Objects("active").Count(),
        cron["status"].Moment("lastScheduleTime") is { } last ? Ages.Since(last, now) : None,
        Ages.Of(cron, now),
        ContainersOf(Job(cron)),
        ImagesOf(Job(cron)),
        Job(cron).Object("selector") is { } selector ? SelectorOf(selector) : None,
    ]);

    private static JsonObject Job(JsonObject cron) => cron["spec"].Object("jobTemplate").Object("spec") ?? [];
}
