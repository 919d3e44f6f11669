using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Vitrine.Bench.Cni;

/// <summary>Starts a plugin with posix_spawn and waits for it: System.Diagnostics.Process would cost as much as what is measured.</summary>
internal static unsafe partial class PluginProcess
{
    [LibraryImport("libc", EntryPoint = "posix_spawn")]
    private static partial int PosixSpawn(out int pid, byte* path, void* actions, void* attributes, byte** argv, byte** envp);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int ActionsInit(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ActionsAddOpen(void* actions, int fd, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "wait4")]
    private static partial int Wait4(int pid, out int status, int options, void* rusage);

    /// <summary>From spawn to the reaped exit, and the CPU time of the process and the children it waited for; milliseconds.</summary>
    internal static (double Wall, double Cpu) Run(string program, string[] environment, string stdin, string stdout)
    {
        var (wall, cpu, status) = Spawn([program], environment, stdin, stdout);
        return status == 0 ? (wall, cpu) : throw new InvalidOperationException($"{program} {environment[0]} failed: {File.ReadAllText(stdout)}");
    }

    /// <summary>
    /// Peak RSS in KiB of the plugin alone. A child's ru_maxrss starts with its parent's, so a small shell starts it and leaves it to us
    /// (the caller is a child subreaper).
    /// </summary>
    internal static long PeakKilobytes(string program, string[] environment, string stdin, string stdout)
    {
        Spawn(["/bin/sh", "-c", $"{program} <{stdin} >{stdout} &"], environment, "/dev/null", "/dev/null");
        var usage = stackalloc long[32];
        long peak = 0;
        // The reaper that DEL leaves is ours too, and smaller than any plugin.
        while (Wait4(-1, out _, 0, usage) > 0)
            peak = Math.Max(peak, usage[4]);
        return peak;
    }

    private static (double Wall, double Cpu, int Status) Spawn(string[] command, string[] environment, string stdin, string stdout)
    {
        var actions = stackalloc byte[128];
        _ = ActionsInit(actions);
        _ = ActionsAddOpen(actions, 0, stdin, 0, 0);
        _ = ActionsAddOpen(actions, 1, stdout, 0x241, 0b110_100_100);
        var argv = Vector(command);
        var envp = Vector(environment);
        var start = Stopwatch.GetTimestamp();
        if (PosixSpawn(out var pid, argv[0], actions, null, argv, envp) is not 0 and var errno)
            throw new InvalidOperationException($"cannot start {command[0]}: errno {errno}");
        // struct rusage: user and system time as seconds and microseconds, then ru_maxrss.
        var usage = stackalloc long[32];
        _ = Wait4(pid, out var status, 0, usage);
        return (Stopwatch.GetElapsedTime(start).TotalMilliseconds, (usage[0] + usage[2]) * 1e3 + (usage[1] + usage[3]) / 1e3, status);
    }

    private static byte** Vector(string[] strings)
    {
        var vector = (byte**)NativeMemory.AllocZeroed((nuint)(strings.Length + 1), (nuint)sizeof(byte*));
        for (var i = 0; i < strings.Length; i++)
            vector[i] = (byte*)Marshal.StringToCoTaskMemUTF8(strings[i]);
        return vector;
    }
}
