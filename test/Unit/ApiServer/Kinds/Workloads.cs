using System.Text.Json.Nodes;
using Vitrine.ApiServer.Defaulting;
using Vitrine.ApiServer.Kinds;

namespace Vitrine.Unit.ApiServer.Kinds;

/// <summary>The smallest valid object of each workload kind.</summary>
internal static class Workloads
{
    public const string Template = "template: {metadata: {labels: {app: a}}, spec: {containers: [{name: c, image: nginx}]}}";
    public const string Selected = "selector: {matchLabels: {app: a}}, " + Template;
    public const string Once = "template: {spec: {restartPolicy: Never, containers: [{name: c, image: nginx}]}}";

    public static JsonObject Deployment(string spec = Selected) => Make(AppsKinds.Deployment, spec);

    public static JsonObject StatefulSet(string spec = Selected) => Make(AppsKinds.StatefulSet, spec);

    public static JsonObject DaemonSet(string spec = Selected) => Make(AppsKinds.DaemonSet, spec);

    /// <summary>With the selector the server makes.</summary>
    public static JsonObject Job(string spec = Once)
    {
        var job = Sample.Decode(BatchKinds.Job, $"{{metadata: {{name: a, namespace: default, uid: u}}, spec: {{{spec}}}}}");
        JobSelector.Generate(job);
        BatchKinds.Job.Default(job);
        return job;
    }

    public static JsonObject CronJob(string schedule = "*/5 * * * *", string more = "") =>
        Make(BatchKinds.CronJob, $"schedule: \"{schedule}\", {more} jobTemplate: {{spec: {{{Once}}}}}");

    public static JsonObject Make(Kind kind, string spec) =>
        Sample.Defaulted(kind, $"{{metadata: {{name: a{(kind.Namespaced ? ", namespace: default" : "")}}}, spec: {{{spec}}}}}");
}
