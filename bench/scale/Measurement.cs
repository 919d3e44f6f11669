namespace Vitrine.Bench.Scale;

/// <summary>One agent against the server: from its start until it rests, at rest, and while things change.</summary>
internal sealed class Measurement(Sampled agent, Sampled server, Asked asked, string counter, string name)
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(200), s_quiet = TimeSpan.FromSeconds(4);

    /// <summary>It rests when it used less than a tenth of a core for four seconds.</summary>
    public async Task SyncAsync(TimeSpan patience)
    {
        var start = TimeProvider.System.GetTimestamp();
        var (bytes, theirs) = (Received(), server.CpuSeconds);
        var samples = new Queue<(TimeSpan At, double Cpu)>();
        while (agent.IsAlive)
        {
            await Task.Delay(s_step);
            var now = (At: TimeProvider.System.GetElapsedTime(start), Cpu: agent.CpuSeconds);
            samples.Enqueue(now);
            while (now.At - samples.Peek().At > s_quiet)
                samples.Dequeue();
            var quiet = now.At - samples.Peek().At > s_quiet - 2 * s_step && now.Cpu - samples.Peek().Cpu < s_quiet.TotalSeconds / 10 && now.Cpu > 0.3;
            if (!quiet && now.At < patience)
                continue;
            Row("start to rest", quiet ? $"{samples.Peek().At.TotalSeconds:0.0} s" : $"not within {patience.TotalSeconds:0} s", $"CPU {now.Cpu:0.0} s, server's {server.CpuSeconds - theirs:0.0} s; received {(Received() - bytes) / 1048576.0:0} MiB");
            Row("memory then, RSS / PSS / peak", $"{agent.Rss:0} / {agent.Pss:0} / {agent.PeakRss:0} MB", "");
            Row("requests until then", $"{Counts(asked.Take())}", "");
            return;
        }
        throw new InvalidOperationException($"{name} ended");
    }

    /// <summary>What a stretch of time costs.</summary>
    /// <param name="what">went on meanwhile</param>
    /// <param name="time">of it</param>
    /// <param name="events">how many changes there were, asked at the end; null where none are counted</param>
    public async Task StretchAsync(string what, TimeSpan time, Func<int>? events = null)
    {
        asked.Take();
        var (cpu, theirs, bytes, before) = (agent.CpuSeconds, server.CpuSeconds, Received(), events?.Invoke() ?? 0);
        await Task.Delay(time);
        var (used, got, requests) = (agent.CpuSeconds - cpu, Received() - bytes, asked.Take());
        var changes = (events?.Invoke() ?? 0) - before;
        Row(what, $"CPU {used / time.TotalSeconds * 100:0.00} % of a core{(changes > 0 ? $", {used / changes * 1e6:0} µs a change" : "")}", $"server's {(server.CpuSeconds - theirs) / time.TotalSeconds * 100:0} %; received {got / time.TotalSeconds / 1024:0.0} KiB/s; {requests.Count / time.TotalMinutes:0.0} requests a minute{(requests.Count > 0 ? $": {Counts(requests)}" : "")}");
        Row("memory then, RSS / PSS / peak", $"{agent.Rss:0} / {agent.Pss:0} / {agent.PeakRss:0} MB", "");
    }

    private static string Counts(IEnumerable<string> requests) => string.Join(", ", requests.GroupBy(r => r).OrderByDescending(g => g.Count()).Select(g => $"{g.Count()} {g.Key}"));

    private long Received() => long.Parse(File.ReadAllText(counter));

    private void Row(string what, string value, string rest) => Console.WriteLine($"{name,-12} {what,-32} {value,-44} {rest}");
}
