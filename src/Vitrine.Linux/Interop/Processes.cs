namespace Vitrine.Linux.Interop;

/// <summary>
/// Processes by pid and start time. A pid alone is re-used by the kernel; with the start time of /proc/pid/stat field 22
/// (clock ticks since boot) it names one process for ever.
/// </summary>
public static class Processes
{
    private const int PrSetChildSubreaper = 36, PrSetPdeathsig = 1, SysPidfdOpen = 434, SysPidfdSendSignal = 424;

    public static bool IsRoot => LibC.Geteuid() == 0;

    /// <summary>Sends a signal; false when there is no such process.</summary>
    public static bool Kill(int pid, Signal signal)
    {
        if (pid <= 0)
            throw new ArgumentOutOfRangeException(nameof(pid), pid, "pid 0 and negative pids address process groups");
        if (LibC.Kill(pid, (int)signal) == 0)
            return true;
        return LibC.LastErrno == Errno.ESRCH ? false : throw new LinuxException(LibC.LastErrno, $"signal {signal} to process {pid}");
    }

    /// <summary>
    /// Sends a signal to exactly that process: through a pidfd, opened before its start time is compared, so that a re-used pid is never hit.
    /// False when the process is gone.
    /// </summary>
    public static bool Kill(int pid, ulong startTime, Signal signal)
    {
        using var pidfd = TryOpenPidfd(pid);
        if (pidfd is null || StartTime(pid) != startTime)
            return false;
        if (LibC.Syscall(SysPidfdSendSignal, pidfd.Fd, (int)signal, 0, 0) == 0)
            return true;
        return LibC.LastErrno == Errno.ESRCH ? false : throw new LinuxException(LibC.LastErrno, $"signal {signal} to process {pid}");
    }

    /// <summary>A descriptor that becomes readable when the process ends; null when there is no such process.</summary>
    public static FileHandle? TryOpenPidfd(int pid)
    {
        var fd = (int)LibC.Syscall(SysPidfdOpen, pid, 0, 0, 0);
        if (fd >= 0)
            return new FileHandle(fd);
        return LibC.LastErrno is Errno.ESRCH or Errno.EINVAL ? null : throw new LinuxException(LibC.LastErrno, $"pidfd of process {pid}");
    }

    /// <summary>True while the process runs; a zombie is not alive.</summary>
    public static bool IsAlive(int pid, ulong startTime) => ReadStat(pid) is { } stat && stat.StartTime == startTime && stat.State is not ('Z' or 'X');

    /// <summary>Start time in clock ticks since boot, or null when there is no such process.</summary>
    public static ulong? StartTime(int pid) => ReadStat(pid)?.StartTime;

    /// <summary>Orphaned descendants become our children instead of init's, so that they can be waited for.</summary>
    public static void BecomeSubreaper() => LibC.Check(LibC.Prctl(PrSetChildSubreaper, 1, 0, 0, 0), "become a child subreaper");

    /// <summary>The kernel sends this signal when the thread that started us ends (prctl PR_SET_PDEATHSIG): it is the thread, not the process, that counts.</summary>
    public static void SignalOnParentDeath(Signal signal) => LibC.Check(LibC.Prctl(PrSetPdeathsig, (nuint)(int)signal, 0, 0, 0), "set the parent death signal");

    /// <summary>Field 2 of /proc/pid/stat is the name in brackets and may itself hold spaces and brackets: count from the last one.</summary>
    internal static (char State, ulong StartTime)? ParseStat(string stat)
    {
        var close = stat.LastIndexOf(')');
        if (close < 0)
            return null;
        var fields = stat[(close + 2)..].Split(' ');
        return fields.Length > 19 && ulong.TryParse(fields[19], out var start) ? (fields[0][0], start) : null;
    }

    private static (char State, ulong StartTime)? ReadStat(int pid)
    {
        try
        {
            return ParseStat(File.ReadAllText($"/proc/{pid}/stat"));
        }
        catch (IOException)
        {
            // Gone before the open (ENOENT) or between open and read (ESRCH): the same answer.
            return null;
        }
    }
}
