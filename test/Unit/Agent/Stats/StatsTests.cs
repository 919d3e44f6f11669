using Vitrine.Agent.Pods;
using Vitrine.Agent.Stats;
using Vitrine.Unit.Agent.Pods;
using Xunit;

namespace Vitrine.Unit.Agent.Stats;

public sealed class StatsTests : IDisposable
{
    private readonly string mount = Directory.CreateTempSubdirectory("vitrine-cgroup").FullName;

    public void Dispose() => Directory.Delete(mount, recursive: true);

    [Fact]
    public void Both_versions_of_cgroups_are_read()
    {
        Write("cpuacct/g/cpuacct.usage", "5000000000\n");
        Write("memory/g/memory.usage_in_bytes", "1000\n");
        Write("memory/g/memory.stat", "inactive_file 1\ntotal_inactive_file 300\ntotal_rss 600\n");
        Assert.Equal(new Usage(5_000_000_000, 1000, 700, 600), new CgroupReader(new PodCgroup("/g", mount)).Read("/g"));

        Write("cgroup.controllers", "cpu memory\n");
        Write("g/cpu.stat", "usage_usec 5000000\nuser_usec 1\n");
        Write("g/memory.current", "1000\n");
        Write("g/memory.stat", "anon 600\ninactive_file 300\n");
        var unified = new CgroupReader(new PodCgroup("/g", mount));
        Assert.Equal(new Usage(5_000_000_000, 1000, 700, 600), unified.Read("/g"));
        Assert.Null(unified.Read("/gone"));
    }

    [Fact]
    public void The_machine_is_read_from_proc()
    {
        const string Meminfo = "MemTotal:       1000 kB\nMemFree:         400 kB\nInactive(file):  100 kB\nAnonPages:       200 kB\n";
        Assert.Equal(new Usage(8 * 10_000_000, 600 << 10, 500 << 10, 200 << 10), MachineUsage.Parse("cpu  1 2 3 100 50 1 1 0 7 7\ncpu0 1\n", Meminfo));
        Assert.True(MachineUsage.Read() is { CpuNanoseconds: > 0, WorkingSetBytes: > 0 });
    }

    [Fact]
    public void A_rate_needs_two_looks_and_none_that_goes_back()
    {
        var first = UsageSample.After(null, PodBuilder.Now, new Usage(1_000_000_000, 0, 0, 0));
        Assert.Null(first.NanoCores);
        var second = UsageSample.After(first, PodBuilder.Now.AddSeconds(10), new Usage(6_000_000_000, 0, 0, 0));
        Assert.Equal((500_000_000, TimeSpan.FromSeconds(10)), (second.NanoCores, second.Window));
        Assert.Null(UsageSample.After(second, PodBuilder.Now.AddSeconds(20), new Usage(1, 0, 0, 0)).NanoCores);
    }

    [Fact]
    public void Metrics_are_what_metrics_server_scrapes()
    {
        var sample = UsageSample.After(null, PodBuilder.Now, new Usage(1_500_000_000, 20, 10, 0));
        var pod = new PodSample(PodBuilder.Pod(), sample, [(PodBuilder.Running("a"), sample)]);
        var text = ResourceMetrics.Render(sample, [pod]);
        Assert.Contains("\ncontainer_cpu_usage_seconds_total{container=\"a\",namespace=\"default\",pod=\"web\"} 1.5 1767323045000\n", text, StringComparison.Ordinal);
        Assert.Contains("\nnode_memory_working_set_bytes 10 1767323045000\n", text, StringComparison.Ordinal);
        Assert.Contains("\npod_memory_working_set_bytes{namespace=\"default\",pod=\"web\"} 10 1767323045000\n", text, StringComparison.Ordinal);
    }

    private void Write(string file, string text)
    {
        var path = Path.Combine(mount, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
