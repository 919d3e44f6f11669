using System.Diagnostics;
using System.Globalization;

namespace Vitrine.Bench.Gateway;

/// <summary>A proxy under test: a process, where it listens, and what it was seen to do.</summary>
internal sealed class Contender(string name, int port, Process process) : IDisposable
{
    private static readonly double Tick = 1e6 / 100;

    public string Name => name;

    public int Port => port;

    public List<double> Rate { get; } = [];

    public List<double> Cpu { get; } = [];

    public List<double> P99 { get; } = [];

    public List<double> Paced50 { get; } = [];

    public List<double> Paced99 { get; } = [];

    public List<double> User { get; } = [];

    /// <summary>Microseconds of CPU of the process and its children, and what of it was not the kernel's.</summary>
    public (double All, double User) CpuTime()
    {
        var times = Tree(process.Id).Select(pid => File.ReadAllText($"/proc/{pid}/stat").Split(')')[^1].Split(' ')[12..14].Select(t => double.Parse(t, CultureInfo.InvariantCulture) * Tick).ToArray()).ToArray();
        return (times.Sum(t => t.Sum()), times.Sum(t => t[0]));
    }

    /// <summary>Megabytes of PSS, and of RSS.</summary>
    public (double Pss, double Rss) Resident() => (Tree(process.Id).Sum(pid => Kilobytes($"/proc/{pid}/smaps_rollup", "Pss:")) / 1024, Tree(process.Id).Sum(pid => Kilobytes($"/proc/{pid}/status", "VmRSS:")) / 1024);

    /// <summary>Processes it is made of now.</summary>
    public int Processes => Tree(process.Id).Count();

    /// <param name="signal">to the program, not to what put it on its CPU: taskset becomes it</param>
    public void Signal(string signal) => Process.Start("kill", [$"-{signal}", $"{process.Id}"]).WaitForExit();

    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
    }

    // nginx's old workers end while they are looked at.
    private static double Kilobytes(string file, string field)
    {
        try
        {
            return double.Parse(File.ReadLines(file).First(l => l.StartsWith(field, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return 0;
        }
    }

    private static IEnumerable<int> Tree(int pid) =>
        File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).SelectMany(Tree).Prepend(pid);
}
