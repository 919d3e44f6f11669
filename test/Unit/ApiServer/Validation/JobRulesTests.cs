using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Validation;
using Vitrine.Unit.ApiServer.Kinds;
using Xunit;

namespace Vitrine.Unit.ApiServer.Validation;

public class JobRulesTests
{
    [Fact]
    public void The_smallest_job_and_cron_job_are_valid()
    {
        Assert.Empty(Sample.Faults(BatchKinds.Job, Workloads.Job()));
        Assert.Empty(Sample.Faults(BatchKinds.CronJob, Workloads.CronJob()));
        Assert.Empty(Sample.Faults(BatchKinds.CronJob, Workloads.CronJob(more: "timeZone: Etc/UTC,")));
    }

    [Theory]
    [InlineData(Workloads.Template, "spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", \"Never\"")]
    [InlineData("completionMode: Indexed, parallelism: 1, " + Workloads.Once, "spec.completions: Required value: when completion mode is Indexed")]
    [InlineData("backoffLimitPerIndex: 1, " + Workloads.Once, "spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode")]
    [InlineData("selector: {matchLabels: {x: z}}, " + Workloads.Once, "spec.selector: Invalid value: {\"matchLabels\":{\"x\":\"z\",\"batch.kubernetes.io/controller-uid\":\"u\"}}: `selector` not auto-generated|spec.template.metadata.labels: Invalid value: {\"controller-uid\":\"u\",\"job-name\":\"a\",\"batch.kubernetes.io/controller-uid\":\"u\",\"batch.kubernetes.io/job-name\":\"a\"}: `selector` does not match template `labels`")]
    [InlineData("template: {metadata: {labels: {job-name: b}}, spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}", "spec.template.metadata.labels: Invalid value: \"b\": must be 'a'")]
    [InlineData("podFailurePolicy: {rules: [{action: FailJob, onExitCodes: {operator: In, values: [0]}}]}, " + Workloads.Once, "spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator")]
    public void A_job_is_refused_in_upstreams_words(string spec, string faults) =>
        Assert.Equal(faults.Split('|'), Sample.Faults(BatchKinds.Job, Workloads.Job(spec)));

    [Theory]
    [InlineData("parallelism", "5", null)]
    [InlineData("suspend", "true", null)]
    [InlineData("completions", "5", "spec.completions: Invalid value: 5: field is immutable")]
    [InlineData("completionMode", "\"Indexed\"", "spec.completionMode: Invalid value: \"Indexed\": field is immutable")]
    public void Of_a_job_little_changes(string field, string value, string? fault)
    {
        var old = Workloads.Job("completions: 3, " + Workloads.Once);
        var job = old.DeepClone().AsObject();
        job["spec"]![field] = JsonNode.Parse(value);
        Assert.Equal(fault is null ? [] : [fault], Sample.Faults(BatchKinds.Job, job, old));
    }

    [Fact]
    public void A_suspended_job_may_still_be_sent_elsewhere()
    {
        var old = Workloads.Job("suspend: true, " + Workloads.Once);
        var job = old.DeepClone().AsObject();
        job["spec"]!["template"]!["spec"]!["nodeSelector"] = new JsonObject { ["disk"] = "ssd" };
        Assert.Empty(Sample.Faults(BatchKinds.Job, job, old));
        old["status"]!["startTime"] = "2026-01-01T00:00:00Z";
        Assert.EndsWith("field is immutable", Assert.Single(Sample.Faults(BatchKinds.Job, job, old)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("* * * *", "expected exactly 5 fields, found 4: [* * * *]")]
    [InlineData("60 * * * *", "end of range (60) above maximum (59): 60")]
    [InlineData("* * 0 * *", "beginning of range (0) below minimum (1): 0")]
    [InlineData("5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1")]
    [InlineData("*/0 * * * *", "step of range should be a positive number: */0")]
    [InlineData("1-2-3 * * * *", "too many hyphens: 1-2-3")]
    [InlineData("x * * * *", "failed to parse int from x: strconv.Atoi: parsing \"x\": invalid syntax")]
    [InlineData("@sometimes", "unrecognized descriptor: @sometimes")]
    [InlineData("@every 1x", "failed to parse duration @every 1x: time: invalid duration \"1x\"")]
    [InlineData("", "empty spec string")]
    [InlineData("0 0 * jan-mar mon,WED", null)]
    [InlineData("0/15 1-5 ? * 1-5/2", null)]
    [InlineData("@daily", null)]
    [InlineData("@every 1h30m", null)]
    public void A_schedule_is_read_as_upstreams_parser_reads_it(string schedule, string? fault) => Assert.Equal(fault, CronSyntax.Fault(schedule));

    [Theory]
    [InlineData("timeZone: Local,", "spec.timeZone: Invalid value: \"Local\": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones")]
    [InlineData("timeZone: Mars/Olympus,", "spec.timeZone: Invalid value: \"Mars/Olympus\": unknown time zone Mars/Olympus")]
    [InlineData("timeZone: '',", "spec.timeZone: Invalid value: \"\": timeZone must be nil or non-empty string")]
    [InlineData("concurrencyPolicy: Maybe,", "spec.concurrencyPolicy: Unsupported value: \"Maybe\": supported values: \"Allow\", \"Forbid\", \"Replace\"")]
    public void A_cron_job_is_refused_in_upstreams_words(string more, string fault) => Assert.Equal([fault], Sample.Faults(BatchKinds.CronJob, Workloads.CronJob(more: more)));

    [Fact]
    public void A_time_zone_is_not_part_of_a_schedule() => Assert.Equal(
        ["spec.schedule: Invalid value: \"TZ=UTC 0 * * * *\": cannot use TZ or CRON_TZ in schedule, use timeZone field instead"],
        Sample.Faults(BatchKinds.CronJob, Workloads.CronJob("TZ=UTC 0 * * * *")));
}
