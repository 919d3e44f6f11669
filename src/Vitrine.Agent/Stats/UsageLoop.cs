using Vitrine.Agent.Pods;

namespace Vitrine.Agent.Stats;

/// <summary>Looks every ten seconds, as kubelet's housekeeping does, at what machine, pods and containers use.</summary>
internal sealed class UsageLoop(PodLoop pods, PodCgroup cgroups, TimeProvider time)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);
    private readonly CgroupReader reader = new(cgroups);
    private Dictionary<string, UsageSample> before = new(StringComparer.Ordinal);

    /// <summary>Of the machine; null before the first look.</summary>
    public UsageSample? Machine { get; private set; }

    public IReadOnlyList<PodSample> Pods { get; private set; } = [];

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            Look();
            await Task.Delay(Period, time, ct).ConfigureAwait(false);
        }
    }

    private void Look()
    {
        Machine = UsageSample.After(Machine, time.GetUtcNow(), MachineUsage.Read());
        var now = new Dictionary<string, UsageSample>(StringComparer.Ordinal);
        var found = new List<PodSample>();
        foreach (var worker in pods.Workers.Where(w => w.Seen.Sandbox is not null))
        {
            var path = cgroups.PathOf(worker.Pod);
            var whole = One(path, now);
            found.Add(new PodSample(worker.Pod, whole, [.. worker.Seen.Running.Select(c => (c, One($"{path}/{c.Id}", now))).Where(p => p.Item2 is not null).Select(p => (p.c, p.Item2!))]));
        }

        (before, Pods) = (now, found);
    }

    private UsageSample? One(string path, Dictionary<string, UsageSample> now)
    {
        if (reader.Read(path) is not { } usage)
        {
            return null;
        }

        return now[path] = UsageSample.After(before.GetValueOrDefault(path), time.GetUtcNow(), usage);
    }
}
