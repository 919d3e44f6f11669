using Vitrine.ApiServer.Defaulting;
using Vitrine.ApiServer.Table;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Kinds;

/// <summary>Group batch.</summary>
internal static class BatchKinds
{
    private const string Package = "io.k8s.api.batch.v1.";

    public static Kind CronJob { get; } = new()
    {
        Group = "batch",
        Version = "v1",
        Name = "CronJob",
        Plural = "cronjobs",
        Singular = "cronjob",
        Namespaced = true,
        ShortNames = ["cj"],
        Categories = ["all"],
        Subresources = ["status"],
        Schema = Package + "CronJob",
        CountsGeneration = true,
        Default = CronJobDefaults.Apply,
        Validate = CronJobRules.Check,
        Table = CronJobTable.Layout,
    };

    public static Kind Job { get; } = new()
    {
        Group = "batch",
        Version = "v1",
        Name = "Job",
        Plural = "jobs",
        Singular = "job",
        Namespaced = true,
        Categories = ["all"],
        Subresources = ["status"],
        Schema = Package + "Job",
        CountsGeneration = true,
        Orphans = true,
        Prepare = static (_, job) => JobSelector.Generate(job),
        Default = JobDefaults.Apply,
        Validate = JobRules.Check,
        Table = JobTable.Layout,
        SelectableFields = SelectableFields.OfJobs,
    };
}
