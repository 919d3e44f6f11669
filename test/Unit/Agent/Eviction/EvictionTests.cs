using CsCheck;
using k8s.Models;
using Vitrine.Agent.Eviction;
using Vitrine.Unit.Agent.Pods;
using Xunit;

namespace Vitrine.Unit.Agent.Eviction;

public sealed class EvictionTests
{
    private static readonly DateTimeOffset Now = PodBuilder.Now;

    [Fact]
    public void Kubelets_thresholds_are_read()
    {
        var thresholds = EvictionThreshold.ParseAll(EvictionThreshold.Default);
        Assert.Equal((100L << 20, 5), (thresholds[0].At(1L << 40), thresholds.Count));
        Assert.Equal(10, thresholds[1].At(100));
        Assert.Empty(EvictionThreshold.ParseAll(""));
    }

    [Theory]
    [InlineData("memory.available")]
    [InlineData("memory.free<1Gi")]
    [InlineData("memory.available<lots")]
    [InlineData("nodefs.available<101%")]
    [InlineData("nodefs.available<-1")]
    [InlineData("a<b<c")]
    public void Anything_else_is_refused_with_what_may_stand_there(string text) =>
        Assert.Contains($"\"{text}\"", Assert.Throws<FormatException>(() => EvictionThreshold.ParseAll(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Any_text_is_read_or_refused() =>
        Gen.String[0, 60].Sample(text =>
        {
            try
            {
                EvictionThreshold.ParseAll(text);
            }
            catch (FormatException)
            {
            }
        });

    [Fact]
    public void A_condition_stays_for_the_transition_period()
    {
        var pressure = new NodePressure(EvictionThreshold.ParseAll("memory.available<1Gi,nodefs.available<10%"), TimeSpan.FromMinutes(5));
        Assert.Equal("memory", Assert.Single(pressure.Observe(Room(memory: 1 << 20), Now)).Resource);
        Assert.Equal(["MemoryPressure"], pressure.Current);
        Assert.Empty(pressure.Observe(Room(), Now.AddMinutes(4)));
        Assert.Equal(["MemoryPressure"], pressure.Current);
        pressure.Observe(Room(), Now.AddMinutes(6));
        Assert.Empty(pressure.Current);
    }

    [Fact]
    public void Memory_comes_before_the_disk()
    {
        var pressure = new NodePressure(EvictionThreshold.ParseAll("nodefs.available<10%,memory.available<1Gi"), TimeSpan.Zero);
        Assert.Equal(["memory.available", "nodefs.available"], pressure.Observe(Room(memory: 1, disk: 1), Now).Select(t => t.Signal));
        Assert.Equal(["DiskPressure", "MemoryPressure"], pressure.Current);
    }

    [Theory]
    [InlineData("memory.available<1Gi", "memory.available=1m30s", 90)]
    [InlineData("memory.available<10%", "memory.available=45", 45)]
    public void A_soft_threshold_has_a_grace_period(string soft, string graces, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Assert.Single(EvictionThreshold.ParseSoft(soft, graces)).Grace);

    [Theory]
    [InlineData("memory.available<1Gi", "", "the soft threshold of memory.available has no grace period")]
    [InlineData("", "memory.available=1m", "the grace period of memory.available belongs to no soft threshold")]
    [InlineData("memory.available<1Gi", "memory.available=soon", "\"memory.available=soon\"")]
    [InlineData("memory.available<1Gi", "memory=1m", "\"memory=1m\"")]
    [InlineData("memory.available<1Gi", "memory.available=-1s", "\"memory.available=-1s\"")]
    [InlineData("memory.available<1Gi", "memory.available=1m,memory.available=2m", "\"memory.available=2m\"")]
    public void Grace_periods_belong_to_soft_thresholds(string soft, string graces, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => EvictionThreshold.ParseSoft(soft, graces)).Message, StringComparison.Ordinal);

    [Fact]
    public void Any_grace_period_is_read_or_refused() =>
        Gen.String[0, 60].Sample(text =>
        {
            try
            {
                EvictionThreshold.ParseSoft("memory.available<1Gi", text);
            }
            catch (FormatException)
            {
            }
        });

    [Fact]
    public void A_soft_threshold_acts_when_it_has_been_met_for_its_grace_period()
    {
        var pressure = new NodePressure([.. EvictionThreshold.ParseAll("memory.available<1Mi"), .. EvictionThreshold.ParseSoft("memory.available<1Gi", "memory.available=1m")], TimeSpan.Zero);
        Assert.Empty(pressure.Observe(Room(memory: 100 << 20), Now));
        // Pods are kept out from the first moment.
        Assert.Equal(["MemoryPressure"], pressure.Current);
        Assert.Empty(pressure.Observe(Room(memory: 100 << 20), Now.AddSeconds(59)));
        Assert.Empty(pressure.Observe(Room(), Now.AddSeconds(60)));
        Assert.Empty(pressure.Observe(Room(memory: 100 << 20), Now.AddSeconds(70)));
        Assert.NotNull(Assert.Single(pressure.Observe(Room(memory: 100 << 20), Now.AddSeconds(130))).Grace);
        Assert.Equal([null, TimeSpan.FromMinutes(1)], pressure.Observe(Room(memory: 1 << 10), Now.AddSeconds(140)).Select(static t => t.Grace));
    }

    [Fact]
    public void Who_uses_more_than_he_asked_for_goes_first_then_the_lower_priority()
    {
        PodLoad[] loads = [Load("modest", 50, 100, -10), Load("greedy-important", 500, 100, 10), Load("greedy", 300, 100, 0), Load("greedier", 400, 100, 0), Load("critical", 9000, 0, 2_000_000_000)];
        Assert.Equal(["greedier", "greedy", "greedy-important", "modest"], EvictionOrder.Of(loads).Select(l => l.Pod.Metadata.Name));
    }

    [Fact]
    public void The_message_is_kubelets() =>
        Assert.Equal("The node was low on resource: memory. Threshold quantity: 100Mi, available: 50Mi. ", EvictionText.LowOn(EvictionThreshold.ParseAll("memory.available<100Mi")[0], 50 << 20, 1L << 34));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1000, "1000")]
    [InlineData(1024, "1Ki")]
    [InlineData(3L << 30, "3Gi")]
    public void Sizes_have_the_largest_unit_that_divides_them(long bytes, string text) => Assert.Equal(text, EvictionText.Size(bytes));

    [Fact]
    public void Processes_that_are_left_are_counted_from_the_smaller_limit() => Assert.Equal((32568, 32768), NodeRoom.Pids("0.0 0.0 0.0 1/200 4711", "32768\n", "99999\n"));

    [Fact]
    public void A_file_with_two_names_takes_its_room_once()
    {
        var root = Directory.CreateTempSubdirectory("vitrine-du").FullName;
        try
        {
            var empty = DiskUsage.Of(root);
            File.WriteAllBytes(Path.Combine(root, "a"), new byte[1 << 20]);
            File.CreateSymbolicLink(Path.Combine(root, "l"), "/usr");
            Assert.Equal(0, DiskUsage.Of(root + "-gone"));
            Assert.InRange(DiskUsage.Of(root) - empty, 1 << 20, (1 << 20) + 65536);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static Dictionary<string, (long Available, long Capacity)> Room(long memory = 8L << 30, long disk = 50) =>
        new() { ["memory.available"] = (memory, 16L << 30), ["nodefs.available"] = (disk, 100) };

    private static PodLoad Load(string name, long used, long requested, int priority)
    {
        var pod = PodBuilder.Pod();
        pod.Metadata.Name = name;
        pod.Spec.Priority = priority;
        return new PodLoad(pod, used, requested);
    }
}
