using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Vitrine.Bench.Api;

/// <summary>Interleaved rounds against etcd on the same disk, then the figures that have no peer.</summary>
internal static class Bench
{
    private const int Clients = 64;
    private static readonly TimeSpan s_round = TimeSpan.FromSeconds(3);

    public static async Task RunAsync(string directory, int rounds)
    {
        directory = Directory.CreateDirectory(Path.Combine(directory, $"bench-{Environment.ProcessId}")).FullName;
        try
        {
            using VitrinePeer vitrine = new(directory, 16443);
            using EtcdPeer etcd = new(directory, 12379);
            await vitrine.ReadyAsync();
            await etcd.ReadyAsync();
            byte[] value = Encoding.ASCII.GetBytes(new string('x', 1024));
            await ForAsync(Clients, s_round, i => vitrine.CreateAsync($"warm-{i}"));
            await ForAsync(Clients, s_round, i => etcd.PutAsync($"/registry/warm-{i}", value));
            List<(double Ours, double Theirs)> results = [];
            for (int round = 0; round < rounds; round++)
            {
                int r = round;
                double before = vitrine.Process.CpuSeconds, theirBefore = etcd.CpuSeconds;
                double ours = await ForAsync(Clients, s_round, i => vitrine.CreateAsync($"r{r}-{i}"));
                double theirs = await ForAsync(Clients, s_round, i => etcd.PutAsync($"/registry/configmaps/default/r{r}-{i}", value));
                results.Add((ours, theirs));
                Print($"round {round}: creates/s {ours,8:0}   etcd puts/s {theirs,8:0}   ratio {ours / theirs:0.00}   CPU µs/op {(vitrine.Process.CpuSeconds - before) / (ours * s_round.TotalSeconds) * 1e6:0} / {(etcd.CpuSeconds - theirBefore) / (theirs * s_round.TotalSeconds) * 1e6:0}");
            }

            Print($"creates, {Clients} clients: median {Median(results.Select(static x => x.Ours)):0}/s, etcd {Median(results.Select(static x => x.Theirs)):0}/s, median ratio {Median(results.Select(static x => x.Ours / x.Theirs)):0.00}");
            await ListsAsync(vitrine);
            await WatchesAsync(vitrine);
            double many = await ForAsync(500, s_round, i => vitrine.CreateAsync($"many-{i}"));
            Print($"creates, 500 clients: {many:0}/s, no errors");
            Console.WriteLine(await Crowd.ListAsync(vitrine));
            Console.WriteLine(await Crowd.WatchAsync(vitrine));
            Print($"server RSS {vitrine.Process.RssMegabytes:0} MB");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task ListsAsync(VitrinePeer vitrine)
    {
        List<double> times = [];
        int bytes = 0;
        for (int i = 0; i < 11; i++)
        {
            long start = Stopwatch.GetTimestamp();
            bytes = await vitrine.ListAsync(5000);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        Print($"list of 5 000 ({bytes / 1024} KiB): median {Median(times):0.0} ms, best {times.Min():0.0} ms");
    }

    private static async Task WatchesAsync(VitrinePeer vitrine)
    {
        using StreamReader watch = await vitrine.WatchAsync();
        List<double> sent = [], acknowledged = [];
        for (int i = 0; i < 100; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Task create = vitrine.CreateAsync($"seen-{i}").ContinueWith(_ => acknowledged.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds), TaskScheduler.Default);
            await watch.ReadLineAsync();
            sent.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            await create;
        }

        Print($"event after POST sent: median {Median(sent):0.00} ms, p99 {sent.Order().ElementAt(98):0.00} ms; POST answered: median {Median(acknowledged):0.00} ms");
    }

    private static async Task<double> ForAsync(int clients, TimeSpan time, Func<string, Task> operation)
    {
        int done = 0;
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            for (int i = 0; Stopwatch.GetElapsedTime(start) < time; i++)
            {
                await operation($"{client}-{i}");
                Interlocked.Increment(ref done);
            }
        })));
        return done / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
