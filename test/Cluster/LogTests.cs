using Xunit;

namespace Vitrine.Cluster;

/// <summary>kubectl logs with its options, over rotations.</summary>
public sealed class LogTests(SharedCluster cluster)
{
    [Fact]
    public async Task A_log_is_whole_over_its_rotations_and_does_not_fill_the_disk()
    {
        var ns = await cluster.NamespaceAsync("logs-rotation");
        // 25 MB at about 4 MB a second: over the limit of 10 MiB a file more than once.
        await cluster.KubectlAsync($"apply -n {ns} -f -", "---\n" + Pods.One("talker", "debian", "i=0; while [ $i -lt 50 ]; do seq $((i*5000)) $((i*5000+4999)) | sed 's/$/ xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx/'; i=$((i+1)); sleep 0.1; done; echo end; sleep infinity"));
        await cluster.EventuallyAsync($"logs -n {ns} talker --tail=1", o => o == "end\n", 90);
        var uid = await cluster.KubectlAsync($"get pod talker -n {ns} -o jsonpath={{.metadata.uid}}");
        var files = Directory.GetFiles($"{cluster.State}/nodes/node-1/logs/{ns}_talker_{uid}/main");
        Assert.True(files.Length > 1, "nothing was rotated");
        Assert.All(files, f => Assert.InRange(new FileInfo(f).Length, 0, 22 << 20));
        var lines = (await cluster.KubectlAsync($"logs -n {ns} talker", limit: TimeSpan.FromSeconds(60))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("end", lines[^1]);
        var numbers = lines.SkipLast(1).Select(l => int.Parse(l.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(Enumerable.Range(numbers[0], numbers.Length), numbers);
        Assert.Equal(249_999, numbers[^1]);
        Assert.True(numbers.Length > 150_000, $"only {numbers.Length} lines are left");
        Assert.Equal(120_000, (await cluster.KubectlAsync($"logs -n {ns} talker --tail=120000", limit: TimeSpan.FromSeconds(60))).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Previous_since_tail_timestamps_prefix_and_all_containers_are_answered()
    {
        var ns = await cluster.NamespaceAsync("logs-options");
        await cluster.KubectlAsync($"apply -n {ns} -f -", """
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: p, labels: {app: p}}
            spec:
              terminationGracePeriodSeconds: 1
              initContainers: [{name: init, image: debian, command: [echo, from-init]}]
              volumes: [{name: d, emptyDir: {}}]
              containers:
              - {name: a, image: debian, command: [sh, -c, "if test -e /d/again; then echo second; sleep infinity; fi; touch /d/again; echo first; exit 1"], volumeMounts: [{name: d, mountPath: /d}]}
              - {name: b, image: debian, command: [sh, -c, "echo old; sleep 4; echo new; sleep infinity"]}
            """);
        await cluster.EventuallyAsync($"logs -n {ns} p -c b", o => o == "old\nnew\n");
        await cluster.EventuallyAsync($"logs -n {ns} p -c a", o => o == "second\n");
        Assert.Equal("first\n", await cluster.KubectlAsync($"logs -n {ns} p -c a --previous"));
        Assert.Equal("new\n", await cluster.KubectlAsync($"logs -n {ns} p -c b --tail=1"));
        Assert.Equal("new\n", await cluster.KubectlAsync($"logs -n {ns} p -c b --since=3s"));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\S+Z old\n", await cluster.KubectlAsync($"logs -n {ns} p -c b --timestamps"));
        var all = await cluster.KubectlAsync($"logs -n {ns} p --all-containers --prefix");
        Assert.Contains("[pod/p/init] from-init\n", all, StringComparison.Ordinal);
        Assert.Contains("[pod/p/b] old\n", all, StringComparison.Ordinal);
        Assert.Contains("second", await cluster.KubectlAsync($"logs -n {ns} -l app=p -c a"), StringComparison.Ordinal);
        Assert.Contains("previous terminated container \"b\" in pod \"p\" not found", (await cluster.TryAsync($"logs -n {ns} p -c b --previous")).Error, StringComparison.Ordinal);
    }
}
