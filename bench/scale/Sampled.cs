using System.Diagnostics;

namespace Vitrine.Bench.Scale;

/// <summary>A process under test, with all its children: what it costs.</summary>
internal sealed class Sampled(int pid)
{
    private static readonly double s_tick = 100;

    /// <summary>Starts a program; its output goes to a file.</summary>
    public static Sampled Start(string log, params string[] command)
    {
        // The shell becomes the program, so that its pid is the program's.
        var process = System.Diagnostics.Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"exec \"$@\" >\"{log}\" 2>&1", "sh", .. command]))!;
        return new Sampled(process.Id);
    }

    /// <summary>Of the process and what it started, in the order of their pids.</summary>
    private IEnumerable<int> All
    {
        get
        {
            var parents = Directory.EnumerateDirectories("/proc").Select(d => int.TryParse(Path.GetFileName(d), out var p) ? p : 0).Where(p => p > 0)
                .Select(p => (Pid: p, Parent: Parent(p))).ToLookup(p => p.Parent, p => p.Pid);
            var found = new List<int> { pid };
            for (var i = 0; i < found.Count; i++)
                found.AddRange(parents[found[i]]);
            return found;
        }
    }

    public double CpuSeconds => All.Sum(p => Stat(p) is { } stat ? (double.Parse(stat[11]) + double.Parse(stat[12])) / s_tick : 0);

    public double Rss => All.Sum(p => Kilobytes($"/proc/{p}/status", "VmRSS:"));

    public double PeakRss => All.Sum(p => Kilobytes($"/proc/{p}/status", "VmHWM:"));

    public double Pss => All.Sum(p => Kilobytes($"/proc/{p}/smaps_rollup", "Pss:"));

    public bool IsAlive => Directory.Exists($"/proc/{pid}") && Stat(pid) is { } stat && stat[0] != "Z";

    public void End()
    {
        using var kill = System.Diagnostics.Process.Start("kill", ["-TERM", $"{pid}"]);
        kill.WaitForExit();
        for (var i = 0; i < 100 && IsAlive; i++)
            Thread.Sleep(100);
        if (IsAlive)
            System.Diagnostics.Process.Start("kill", ["-KILL", $"{pid}"]).WaitForExit();
    }

    private static int Parent(int pid) => Stat(pid) is { } stat ? int.Parse(stat[1]) : 0;

    /// <summary>Fields of proc(5) stat after the name, the state first; null for a process that is gone.</summary>
    private static string[]? Stat(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>In MB.</summary>
    private static double Kilobytes(string file, string field)
    {
        try
        {
            return File.ReadLines(file).Where(l => l.StartsWith(field, StringComparison.Ordinal)).Select(l => double.Parse(l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024).FirstOrDefault();
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
