using System.Globalization;
using Vitrine.Linux.Interop;

namespace Vitrine.Supervision;

/// <summary>
/// A process named by pid and start time together, so that a number the kernel has given to somebody else since is never
/// mistaken for it; kept as a small text file.
/// </summary>
/// <param name="Pid">Process id.</param>
/// <param name="StartTime">Clock ticks since boot, field 22 of /proc/PID/stat.</param>
internal sealed record ProcessFile(int Pid, ulong StartTime)
{
    public bool IsAlive => Processes.IsAlive(Pid, StartTime);

    /// <summary>What the file names, or null when there is no such file.</summary>
    public static ProcessFile? Read(string file)
    {
        string text;
        try
        {
            text = File.ReadAllText(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        var parts = text.Split(' ', StringSplitOptions.TrimEntries);
        return parts.Length == 2 && int.TryParse(parts[0], out var pid) && ulong.TryParse(parts[1], out var start) ? new ProcessFile(pid, start) : null;
    }

    /// <summary>The process as it is now, or null when it is gone.</summary>
    public static ProcessFile? Of(int pid) => Processes.StartTime(pid) is { } start ? new ProcessFile(pid, start) : null;

    public void Write(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $"{Pid} {StartTime}"));
    }

    /// <summary>SIGTERM, then SIGKILL for one that has not ended within the grace.</summary>
    public async Task EndAsync(TimeSpan grace, TimeProvider time)
    {
        Processes.Kill(Pid, StartTime, Signal.Terminate);
        for (var began = time.GetTimestamp(); IsAlive; await Task.Delay(TimeSpan.FromMilliseconds(10), time))
        {
            if (time.GetElapsedTime(began) > grace)
            {
                Processes.Kill(Pid, StartTime, Signal.Kill);
            }
        }
    }
}
