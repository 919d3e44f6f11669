namespace Vitrine.Bench.Network;

/// <summary>Rounds in which every contender has its turn, in an order that rotates, and a table of medians. The first contender is the peer.</summary>
internal static class Comparison
{
    internal static void Run(string title, int rounds, int seconds, Contender[] contenders)
    {
        // One round to warm up: neighbours, path MTU, the clock of the CPU.
        for (var round = -1; round < rounds; round++)
            for (var i = 0; i < contenders.Length; i++)
            {
                var contender = contenders[(i + round + 1) % contenders.Length];
                var throughput = Iperf.Run(contender.Server, contender.Client, round < 0 ? 1 : seconds);
                var times = PingPong.Run(contender.Server, contender.Client);
                if (round < 0)
                    continue;
                Array.Sort(times);
                contender.Throughput.Add(throughput);
                contender.Median.Add(times[times.Length / 2]);
                contender.P99.Add(times[times.Length * 99 / 100]);
            }

        var peer = contenders[0];
        Console.WriteLine($"\n{title,-40} {"Gbit/s",20} {"ratio",18} {"p50 µs",20} {"ratio",18} {"p99 µs",20} {"ratio",18}");
        foreach (var c in contenders)
            Console.WriteLine($"{c.Name,-40} {Cell(c.Throughput, 1e9)} {Ratio(c.Throughput, peer.Throughput)} {Cell(c.Median, 1)} {Ratio(c.Median, peer.Median)} {Cell(c.P99, 1)} {Ratio(c.P99, peer.P99)}");
    }

    private static string Cell(List<double> values, double unit) => $"{Middle(values) / unit:0.0} [{values.Min() / unit:0.0}–{values.Max() / unit:0.0}]".PadLeft(20);

    /// <summary>Of values of the same round: what slows the machine for a while slows both.</summary>
    private static string Ratio(List<double> values, List<double> peer)
    {
        var ratios = values.Zip(peer, (v, p) => v / p).ToList();
        return $"{Middle(ratios):0.00} [{ratios.Min():0.00}–{ratios.Max():0.00}]".PadLeft(18);
    }

    private static double Middle(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
