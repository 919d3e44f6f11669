namespace Vitrine.Bench.Services;

/// <summary>Rows of medians, and of ratios within rounds.</summary>
internal static class Report
{
    internal static void Row(string what, List<double> values, List<double> peer, string whose, string goal)
    {
        var ratios = values.Zip(peer, (v, p) => v / p).Order().ToArray();
        Console.WriteLine($"{what,-60} {Cell(values),26}   {whose}: {Cell(peer),-26} ratio {ratios[ratios.Length / 2]:0.0000} [{ratios[0]:0.0000}–{ratios[^1]:0.0000}] {goal}");
    }

    internal static void Spread(string what, List<double> values, string goal)
    {
        values.Sort();
        Console.WriteLine($"{what,-60} p50 {values[values.Count / 2]:0.00}  p99 {values[values.Count * 99 / 100]:0.00}  max {values[^1]:0.00}   {goal}");
    }

    /// <summary>What the kernel keeps for itself: slabs that cannot be given back, and memory of vmalloc and per CPU.</summary>
    internal static double KernelMegabytes()
    {
        // What is freed only after a grace period is still counted before it.
        Thread.Sleep(1000);
        return File.ReadLines("/proc/meminfo").Where(l => l.StartsWith("SUnreclaim:", StringComparison.Ordinal) || l.StartsWith("VmallocUsed:", StringComparison.Ordinal) || l.StartsWith("Percpu:", StringComparison.Ordinal))
            .Sum(l => double.Parse(l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1])) / 1024;
    }

    private static string Cell(List<double> values) => $"{values.Order().ElementAt(values.Count / 2):0.000} [{values.Min():0.000}–{values.Max():0.000}]";
}
