using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Table;
using Vitrine.Unit.ApiServer.Kinds;
using Xunit;

namespace Vitrine.Unit.ApiServer.Table;

public class WorkloadTableTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 1, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("deployments", "Name Ready Up-to-date Available Age Containers* Images* Selector*", "{replicas: 3, readyReplicas: 2, updatedReplicas: 1, availableReplicas: 2}", "a 2/1 1 2 60m c nginx app=a")]
    [InlineData("replicasets", "Name Desired Current Ready Age Containers* Images* Selector*", "{replicas: 3, readyReplicas: 2}", "a 1 3 2 60m c nginx app=a")]
    [InlineData("statefulsets", "Name Ready Age Containers* Images*", "{replicas: 1, readyReplicas: 1}", "a 1/1 60m c nginx")]
    [InlineData("daemonsets", "Name Desired Current Ready Up-to-date Available Node_Selector Age Containers* Images* Selector*", "{desiredNumberScheduled: 5, currentNumberScheduled: 4, numberReady: 3, updatedNumberScheduled: 2, numberAvailable: 1}", "a 5 4 3 2 1 <none> 60m c nginx app=a")]
    public void The_columns_are_those_of_upstream(string plural, string columns, string status, string cells)
    {
        var kind = KindList.Find("apps", "v1", plural)!;
        var obj = Workloads.Make(kind, Workloads.Selected);
        obj["metadata"]!["creationTimestamp"] = "2026-01-01T00:00:00Z";
        obj["status"] = Sample.Decode(kind, $"{{status: {status}}}")["status"]!.DeepClone();
        Assert.Equal(columns.Split(' '), kind.Table.Columns.Select(c => c.Name.Replace(' ', '_') + (c.Priority > 0 ? "*" : "")));
        Assert.Equal(cells.Split(' '), kind.Table.Row(obj, Now).Select(Show));
    }

    [Theory]
    [InlineData("{}", "a Running 0/1  60m c nginx")]
    [InlineData("{startTime: '2026-01-01T00:58:00Z', conditions: [{type: Suspended, status: 'True'}]}", "a Suspended 0/1 2m 60m c nginx")]
    [InlineData("{startTime: '2026-01-01T00:50:00Z', completionTime: '2026-01-01T00:51:00Z', succeeded: 1, conditions: [{type: Complete, status: 'True'}]}", "a Complete 1/1 60s 60m c nginx")]
    [InlineData("{startTime: '2026-01-01T00:50:00Z', conditions: [{type: Failed, status: 'True'}]}", "a Failed 0/1 10m 60m c nginx")]
    public void A_job_shows_how_far_it_is(string status, string cells)
    {
        var job = Workloads.Job();
        job["metadata"]!["creationTimestamp"] = "2026-01-01T00:00:00Z";
        job["status"] = Sample.Decode(BatchKinds.Job, $"{{status: {status}}}")["status"]!.DeepClone();
        Assert.Equal(cells.Split(' ').Append("batch.kubernetes.io/controller-uid=u"), JobTable.Layout.Row(job, Now).Select(Show));
    }

    [Fact]
    public void A_cron_job_shows_when_it_last_ran()
    {
        var cron = Workloads.CronJob();
        cron["metadata"]!["creationTimestamp"] = "2026-01-01T00:00:00Z";
        cron["status"] = JsonNode.Parse("""{"active":[{"name":"x"}],"lastScheduleTime":"2026-01-01T00:59:00Z"}""");
        Assert.Equal(["a", "*/5 * * * *", "<none>", "False", "1", "60s", "60m", "c", "nginx", "<none>"], CronJobTable.Layout.Row(cron, Now).Select(Show));
    }

    [Theory]
    [InlineData("{}", "Pending")]
    [InlineData("{conditions: [{type: Approved}]}", "Approved")]
    [InlineData("{conditions: [{type: Approved}], certificate: eA==}", "Approved,Issued")]
    [InlineData("{conditions: [{type: Denied}]}", "Denied")]
    [InlineData("{conditions: [{type: Approved}, {type: Failed}]}", "Approved,Failed")]
    public void A_signing_request_shows_where_it_stands(string status, string condition) =>
        Assert.Equal(condition, SigningRequestTable.Layout.Row(Sample.Decode(CertificatesKinds.CertificateSigningRequest, $"{{status: {status}}}"), Now)[5].Text);

    [Theory]
    [InlineData("{matchLabels: {b: x, a: v}}", "a=v,b=x")]
    [InlineData("{matchLabels: {a: v}, matchExpressions: [{key: c, operator: In, values: [z, x]}, {key: d, operator: NotIn, values: [q]}, {key: e, operator: Exists}, {key: f, operator: DoesNotExist}]}", "a=v,c in (x,z),d notin (q),e,!f")]
    [InlineData("{}", "<none>")]
    public void A_selector_reads_as_a_query(string selector, string text) =>
        Assert.Equal(text, WorkloadCells.SelectorOf(Sample.Decode(AppsKinds.Deployment, $"{{spec: {{selector: {selector}}}}}")["spec"]!["selector"]!.AsObject()));

    private static string Show(TableCell cell) => cell.Text ?? cell.Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
