using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Defaulting;

/// <summary>The selector a Job makes for itself, so that it never takes another's pods (pkg/registry/batch/job: generateSelector).</summary>
internal static class JobSelector
{
    public const string ControllerUid = "batch.kubernetes.io/controller-uid";
    public const string JobName = "batch.kubernetes.io/job-name";
    public const string OldControllerUid = "controller-uid";
    public const string OldJobName = "job-name";

    /// <summary>Labels the user gave stay: validation refuses those that do not fit.</summary>
    public static void Generate(JsonObject job)
    {
        var spec = job.Ensure("spec");
        if (spec.Flag("manualSelector"))
        {
            return;
        }
        var (name, uid) = (job.TextAt("metadata.name"), job.TextAt("metadata.uid"));
        var labels = spec.Ensure("template").Ensure("metadata").Ensure("labels");
        foreach (var (label, value) in Labels(name, uid))
        {
            labels[label] ??= value;
        }
        spec.Ensure("selector").Ensure("matchLabels")[ControllerUid] ??= uid;
    }

    public static (string Label, string Value)[] Labels(string name, string uid) =>
        [(OldControllerUid, uid), (OldJobName, name), (ControllerUid, uid), (JobName, name)];
}
