using System.Globalization;
using k8s.Models;
using Vitrine.Control.Jobs;
using Xunit;

namespace Vitrine.Unit.Control;

public sealed class CronTests
{
    [Theory]
    [InlineData("* * * * *", "2026-05-04T12:00:30Z", "2026-05-04T12:01:00Z")]
    [InlineData("*/15 * * * *", "2026-05-04T12:00:00Z", "2026-05-04T12:15:00Z")]
    [InlineData("0 0 1 1 *", "2026-05-04T12:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData("30 4 * * MON-FRI", "2026-05-08T05:00:00Z", "2026-05-11T04:30:00Z")]
    [InlineData("0 12 13 * FRI", "2026-05-04T12:00:00Z", "2026-05-08T12:00:00Z")]
    [InlineData("0 0 29 feb *", "2026-05-04T12:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("@hourly", "2026-05-04T12:00:00Z", "2026-05-04T13:00:00Z")]
    [InlineData("5-10/5,40 1 * * 7", "2026-05-04T12:00:00Z", "2026-05-10T01:05:00Z")]
    public void The_next_time_is_the_one_cron_would_take(string schedule, string after, string next) =>
        Assert.Equal(Utc(next), CronSchedule.Parse(schedule, null).Next(Utc(after)));

    [Fact]
    public void A_time_zone_moves_the_day() =>
        Assert.Equal(Utc("2026-05-04T22:00:00Z"), CronSchedule.Parse("0 0 * * *", "Europe/Berlin").Next(Utc("2026-05-04T12:00:00Z")));

    [Fact]
    public void A_day_that_never_comes_has_no_next_time() => Assert.Null(CronSchedule.Parse("0 0 31 2 *", null).Next(Utc("2026-05-04T12:00:00Z")));

    [Theory]
    [InlineData("* * * *")]
    [InlineData("60 * * * *")]
    [InlineData("*/0 * * * *")]
    [InlineData("x * * * *")]
    [InlineData("5-1 * * * *")]
    public void Nonsense_is_refused(string schedule) => Assert.Throws<FormatException>(() => CronSchedule.Parse(schedule, null));

    [Fact]
    public void A_due_time_starts_one_job_named_by_its_minute()
    {
        var plan = Plan(Cron(), Utc("2026-05-04T12:00:10Z"));
        Assert.Equal((Utc("2026-05-04T12:00:00Z"), Utc("2026-05-04T12:01:00Z")), (plan.Start, plan.Next));
        Assert.Equal("tick-29631600", CronJobPlan.NameOf(Cron(), plan.Start!.Value));
    }

    [Theory]
    [InlineData("Allow", true, 0)]
    [InlineData("Forbid", false, 0)]
    [InlineData("Replace", true, 1)]
    public void Concurrency_is_as_the_policy_says(string policy, bool starts, int replaced)
    {
        var cron = Cron();
        cron.Spec.ConcurrencyPolicy = policy;
        var plan = Plan(cron, Utc("2026-05-04T12:00:10Z"), new V1Job { Metadata = Make.Meta("tick-1"), Spec = new V1JobSpec() });
        Assert.Equal((starts, replaced), (plan.Start is not null, plan.Replace.Length));
    }

    [Fact]
    public void What_is_too_late_is_missed()
    {
        var cron = Cron("0 * * * *");
        cron.Spec.StartingDeadlineSeconds = 20;
        Assert.Null(Plan(cron, Utc("2026-05-04T12:00:30Z")).Start);
        Assert.NotNull(Plan(cron, Utc("2026-05-04T12:00:10Z")).Start);
    }

    [Fact]
    public void Only_the_last_of_many_missed_times_is_made_up()
    {
        var cron = Cron();
        cron.Status = new V1CronJobStatus { LastScheduleTime = Utc("2026-01-01T00:00:00Z") };
        var plan = Plan(cron, Utc("2026-05-04T12:00:10Z"));
        Assert.Equal((Utc("2026-05-04T12:00:00Z"), "TooManyMissedTimes"), (plan.Start, plan.Event!.Value.Reason));
    }

    private static CronJobPlan Plan(V1CronJob cron, DateTime now, params V1Job[] jobs) => CronJobPlan.Compile(cron, CronSchedule.Parse(cron.Spec.Schedule, null), jobs, now);

    private static V1CronJob Cron(string schedule = "* * * * *")
    {
        var meta = Make.Meta("tick");
        meta.CreationTimestamp = Utc("2026-05-04T11:59:30Z");
        return new V1CronJob { Metadata = meta, Spec = new V1CronJobSpec { Schedule = schedule, JobTemplate = new V1JobTemplateSpec() } };
    }

    private static DateTime Utc(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);
}
