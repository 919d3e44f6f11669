using System.Text.Json.Nodes;
using Vitrine.ApiServer.Defaulting;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Verbs;
using Vitrine.Unit.ApiServer.Kinds;
using Xunit;

namespace Vitrine.Unit.ApiServer.Defaulting;

public class WorkloadDefaultsTests
{
    private const string Pod = """
        {"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"c","image":"nginx","terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"Always","resources":{}}],
         "restartPolicy":"Always","dnsPolicy":"ClusterFirst","schedulerName":"default-scheduler","terminationGracePeriodSeconds":30,"securityContext":{}}}
        """;

    [Fact]
    public void A_deployment_rolls_a_quarter_at_a_time() => Equal("""
        {"selector":{"matchLabels":{"app":"a"}},"template":POD,"replicas":1,"revisionHistoryLimit":10,"progressDeadlineSeconds":600,
         "strategy":{"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":"25%","maxSurge":"25%"}}}
        """, Workloads.Deployment()["spec"]!);

    [Fact]
    public void A_recreating_deployment_has_no_rolling_parameters() =>
        Equal("""{"type":"Recreate"}""", Workloads.Deployment(Workloads.Selected + ", strategy: {type: Recreate}")["spec"]!["strategy"]!);

    [Fact]
    public void A_stateful_set_starts_its_pods_in_order_and_keeps_its_claims() => Equal("""
        {"selector":{"matchLabels":{"app":"a"}},"template":POD,"replicas":1,"revisionHistoryLimit":10,"podManagementPolicy":"OrderedReady",
         "updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"partition":0}},"persistentVolumeClaimRetentionPolicy":{"whenDeleted":"Retain","whenScaled":"Retain"}}
        """, Workloads.StatefulSet()["spec"]!);

    [Fact]
    public void A_daemon_set_replaces_one_pod_at_a_time() => Equal("""
        {"selector":{"matchLabels":{"app":"a"}},"template":POD,"revisionHistoryLimit":10,"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":1,"maxSurge":0}}}
        """, Workloads.DaemonSet()["spec"]!);

    [Fact]
    public void A_replication_controller_selects_what_its_template_says()
    {
        var controller = Workloads.Make(CoreKinds.ReplicationController, Workloads.Template);
        Equal("""{"app":"a"}""", controller["spec"]!["selector"]!);
        Equal("""{"app":"a"}""", controller["metadata"]!["labels"]!);
        Assert.Equal(1, (long)controller["spec"]!["replicas"]!);
    }

    [Fact]
    public void A_job_runs_once_and_selects_by_its_own_uid()
    {
        var job = Workloads.Job();
        const string Labels = """{"controller-uid":"u","job-name":"a","batch.kubernetes.io/controller-uid":"u","batch.kubernetes.io/job-name":"a"}""";
        Equal(Labels, job["metadata"]!["labels"]!);
        Equal(Labels, job["spec"]!["template"]!["metadata"]!["labels"]!);
        Equal("""{"matchLabels":{"batch.kubernetes.io/controller-uid":"u"}}""", job["spec"]!["selector"]!);
        Equal("[1,1,6,\"NonIndexed\",false,\"TerminatingOrFailed\"]", new JsonArray([.. new[] { "parallelism", "completions", "backoffLimit", "completionMode", "suspend", "podReplacementPolicy" }.Select(field => job["spec"]![field]!.DeepClone())]));
    }

    [Theory]
    [InlineData("parallelism: 3,", null, 3L)]
    [InlineData("completions: 4,", 4L, 1L)]
    [InlineData("", 1L, 1L)]
    public void A_job_with_parallelism_alone_is_a_work_queue(string given, long? completions, long parallelism)
    {
        var spec = Workloads.Job(given + Workloads.Once)["spec"]!;
        Assert.Equal((completions, parallelism), ((long?)spec["completions"], (long)spec["parallelism"]!));
    }

    [Fact]
    public void A_job_with_a_selector_of_its_own_is_left_alone()
    {
        var job = Workloads.Job("manualSelector: true, selector: {matchLabels: {x: z}}, " + Workloads.Once);
        Equal("""{"matchLabels":{"x":"z"}}""", job["spec"]!["selector"]!);
        Assert.Null(job["spec"]!["template"]!["metadata"]!["labels"]);
    }

    [Fact]
    public void A_cron_job_keeps_three_successes_and_one_failure() => Equal(
        """{"concurrencyPolicy":"Allow","suspend":false,"successfulJobsHistoryLimit":3,"failedJobsHistoryLimit":1}""",
        new JsonObject(Workloads.CronJob()["spec"]!.AsObject().Where(pair => pair.Key is not ("schedule" or "jobTemplate")).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))));

    [Fact]
    public void The_template_generation_counts_changes_of_the_template_only()
    {
        var old = Workloads.DaemonSet();
        TemplateGeneration.Begin(old);
        Assert.Equal("1", Generation(old));
        var set = old.DeepClone().AsObject();
        set["spec"]!["minReadySeconds"] = 5;
        TemplateGeneration.Count(UpdateScope.Main, set, old);
        Assert.Equal("1", Generation(set));
        set["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "other";
        TemplateGeneration.Count(UpdateScope.Main, set, old);
        Assert.Equal("2", Generation(set));
    }

    private static string Generation(JsonObject set) => (string)set["metadata"]!["annotations"]!["deprecated.daemonset.template.generation"]!;

    private static void Equal(string want, JsonNode got) => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(want.Replace("POD", Pod, StringComparison.Ordinal)), got), got.ToJsonString());
}
