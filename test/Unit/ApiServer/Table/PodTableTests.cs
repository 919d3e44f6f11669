using System.Buffers;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Table;
using Vitrine.Unit.ApiServer.Kinds;
using Xunit;

namespace Vitrine.Unit.ApiServer.Table;

public class PodTableTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 1, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("{phase: Pending}", "0/2", "Pending", "0")]
    [InlineData("{phase: Pending, containerStatuses: [{name: a, state: {waiting: {reason: ContainerCreating}}}]}", "0/2", "ContainerCreating", "0")]
    [InlineData("{phase: Running, containerStatuses: [{name: a, ready: true, state: {running: {}}}, {name: b, ready: true, state: {running: {}}}]}", "2/2", "Running", "0")]
    [InlineData("{phase: Running, containerStatuses: [{name: a, ready: true, state: {running: {}}}, {name: b, state: {terminated: {exitCode: 0, reason: Completed}}}]}", "1/2", "NotReady", "0")]
    [InlineData("{phase: Running, conditions: [{type: Ready, status: 'True'}], containerStatuses: [{name: a, ready: true, state: {running: {}}}, {name: b, state: {terminated: {exitCode: 0, reason: Completed}}}]}", "1/2", "Running", "0")]
    [InlineData("{phase: Succeeded, containerStatuses: [{name: a, state: {terminated: {exitCode: 0, reason: Completed}}}, {name: b, state: {terminated: {exitCode: 0, reason: Completed}}}]}", "0/2", "Completed", "0")]
    [InlineData("{phase: Running, containerStatuses: [{name: a, ready: true, state: {running: {}}}, {name: b, restartCount: 3, lastState: {terminated: {finishedAt: '2026-01-01T00:55:00Z'}}, state: {waiting: {reason: CrashLoopBackOff}}}]}", "1/2", "CrashLoopBackOff", "3 (5m ago)")]
    [InlineData("{phase: Running, containerStatuses: [{name: a, state: {terminated: {exitCode: 3}}}]}", "0/2", "ExitCode:3", "0")]
    [InlineData("{phase: Running, containerStatuses: [{name: a, state: {terminated: {exitCode: 137, signal: 9}}}]}", "0/2", "Signal:9", "0")]
    [InlineData("{phase: Failed, reason: Evicted}", "0/2", "Evicted", "0")]
    [InlineData("{phase: Pending, conditions: [{type: PodScheduled, reason: SchedulingGated}]}", "0/2", "SchedulingGated", "0")]
    [InlineData("{phase: Pending, initContainerStatuses: [{name: i, state: {running: {}}}]}", "0/2", "Init:0/2", "0")]
    [InlineData("{phase: Pending, initContainerStatuses: [{name: i, state: {terminated: {exitCode: 0}}}, {name: j, state: {waiting: {reason: ImagePullBackOff}}}]}", "0/2", "Init:ImagePullBackOff", "0")]
    [InlineData("{phase: Pending, initContainerStatuses: [{name: i, restartCount: 1, state: {terminated: {exitCode: 1, reason: Error}}}]}", "0/2", "Init:Error", "1")]
    public void Ready_status_and_restarts_read_as_kubectl_prints_them(string status, string ready, string reason, string restarts)
    {
        var pod = Pod(status);
        var row = PodTable.Layout.Row(pod, Now);
        Assert.Equal((ready, reason, restarts), (row[1].Text!, row[2].Text!, row[3].Text!));
    }

    [Fact]
    public void A_pod_that_goes_is_terminating_unless_it_has_ended()
    {
        var pod = Pod("{phase: Running}");
        pod["metadata"]!["deletionTimestamp"] = "2026-01-01T00:59:00Z";
        Assert.Equal("Terminating", PodTable.Layout.Row(pod, Now)[2].Text);
        pod["status"]!["phase"] = "Succeeded";
        Assert.Equal("Succeeded", PodTable.Layout.Row(pod, Now)[2].Text);
    }

    [Fact]
    public void A_sidecar_counts_as_a_container()
    {
        var pod = Pod("{phase: Running, initContainerStatuses: [{name: i, started: true, ready: true, restartCount: 2, state: {running: {}}}, {name: j, state: {terminated: {exitCode: 0}}}], containerStatuses: [{name: a, ready: true, state: {running: {}}}]}");
        pod["spec"]!["initContainers"]![0]!["restartPolicy"] = "Always";
        var row = PodTable.Layout.Row(pod, Now);
        Assert.Equal(("2/3", "Running", "2"), (row[1].Text!, row[2].Text!, row[3].Text!));
    }

    [Theory]
    [InlineData(-5, "<invalid>")]
    [InlineData(-1, "0s")]
    [InlineData(0, "0s")]
    [InlineData(119, "119s")]
    [InlineData(120, "2m")]
    [InlineData(121, "2m1s")]
    [InlineData(600, "10m")]
    [InlineData(10799, "179m")]
    [InlineData(10800, "3h")]
    [InlineData(10860, "3h1m")]
    [InlineData(28800, "8h")]
    [InlineData(172799, "47h")]
    [InlineData(172800, "2d")]
    [InlineData(176400, "2d1h")]
    [InlineData(691200, "8d")]
    [InlineData(63072000, "2y")]
    [InlineData(63158400, "2y1d")]
    [InlineData(252288000, "8y")]
    public void Ages_shorten_as_upstreams_do(long seconds, string text) => Assert.Equal(text, Ages.Human(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void A_table_has_its_columns_and_the_metadata_of_each_row()
    {
        var output = new ArrayBufferWriter<byte>();
        TableWriter.Write(CoreKinds.ConfigMap, [JsonNode.Parse("""{"metadata":{"name":"a","creationTimestamp":"2026-01-01T00:00:00Z"},"data":{"k":"v"}}""")!.AsObject()], "Metadata", "7", null, Now, output);
        var table = JsonNode.Parse(output.WrittenSpan)!;
        Assert.Equal("""["a",1,"60m"]""", table["rows"]![0]!["cells"]!.ToJsonString());
        Assert.Equal("PartialObjectMetadata", table["rows"]![0]!["object"]!["kind"]!.GetValue<string>());
        Assert.Equal("7", table["metadata"]!["resourceVersion"]!.GetValue<string>());
        Assert.Equal(["Name", "Data", "Age"], table["columnDefinitions"]!.AsArray().Select(c => c!["name"]!.GetValue<string>()));
    }

    [Fact]
    public void Every_kind_fills_as_many_cells_as_it_has_columns_even_from_an_empty_object() =>
        Assert.All(KindList.All, kind => Assert.Equal(kind.Table.Columns.Count, kind.Table.Row([], Now).Length));

    private static JsonObject Pod(string status) => Sample.Decode(CoreKinds.Pod, $$"""
        metadata: {name: p}
        spec:
          containers: [{name: a}, {name: b}]
          initContainers: [{name: i}, {name: j}]
        status: {{status}}
        """);
}
