using System.Diagnostics;
using System.Net;

namespace Vitrine.Bench.Dns;

/// <summary>A running server and what was measured of it, a value per round.</summary>
internal sealed class Contender(string name, Process process, IPAddress address) : IDisposable
{
    public string Name => name;

    public Process Process => process;

    public IPEndPoint EndPoint { get; } = new(address, 53);

    /// <summary>Microseconds of the server's CPU for a query, under load and at a trickle.</summary>
    public List<double> Busy { get; } = [];

    public List<double> Trickle { get; } = [];

    /// <summary>Microseconds from query to answer.</summary>
    public List<double> BusyP99 { get; } = [];

    public List<double> TrickleP99 { get; } = [];

    /// <summary>Answers a second.</summary>
    public List<double> Rate { get; } = [];

    /// <summary>Nanoseconds on a CPU of all threads: schedstat counts exactly, stat in hundredths of a second.</summary>
    public double CpuNanoseconds() => Directory.GetDirectories($"/proc/{process.Id}/task").Sum(t => double.Parse(File.ReadAllText($"{t}/schedstat").Split(' ')[0]));

    /// <summary>Megabytes.</summary>
    public double Resident() => File.ReadLines($"/proc/{process.Id}/status").Where(l => l.StartsWith("VmRSS", StringComparison.Ordinal)).Select(l => double.Parse(l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1])).Single() / 1024;

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
