using System.Runtime.InteropServices;

namespace Vitrine.Linux.Interop;

/// <summary>
/// Starts a program that outlives us and holds nothing of ours: a session of its own, standard streams on /dev/null, no other descriptor but the
/// ones given. Whoever waits for our pipes to close (Go's exec.Cmd does) is not kept waiting by it.
/// </summary>
public static unsafe class DetachedProcess
{
    private const short SpawnSetSid = 0x80;
    private const int FirstPassedFd = 3;

    /// <summary>Starts <paramref name="path"/> with an empty environment. <paramref name="passed"/> becomes descriptor 3.</summary>
    /// <returns>the pid; it becomes init's child when we exit</returns>
    public static int Start(string path, IReadOnlyList<string> arguments, FileLock? passed = null)
    {
        // glibc: posix_spawn_file_actions_t is 80 bytes, posix_spawnattr_t 336; both rounded up.
        var actions = stackalloc byte[128];
        var attributes = stackalloc byte[512];
        _ = LibC.SpawnActionsInit(actions);
        _ = LibC.SpawnAttributesInit(attributes);
        var argv = (byte**)NativeMemory.AllocZeroed((nuint)(arguments.Count + 1), (nuint)sizeof(byte*));
        var environment = stackalloc byte*[1];
        environment[0] = null;
        var file = (byte*)Marshal.StringToCoTaskMemUTF8(path);
        try
        {
            for (var fd = 0; fd < FirstPassedFd; fd++)
                _ = LibC.SpawnActionsAddOpen(actions, fd, "/dev/null", 2, 0);
            // dup2 onto itself clears close-on-exec in posix_spawn, so a lock that already is descriptor 3 needs no special case.
            if (passed is not null)
                _ = LibC.SpawnActionsAddDup2(actions, passed.Fd, FirstPassedFd);
            _ = LibC.SpawnAttributesSetFlags(attributes, SpawnSetSid);
            for (var i = 0; i < arguments.Count; i++)
                argv[i] = (byte*)Marshal.StringToCoTaskMemUTF8(arguments[i]);
            int pid;
            var errno = LibC.PosixSpawn(&pid, file, actions, attributes, argv, environment);
            return errno == 0 ? pid : throw new LinuxException($"start {path}", errno);
        }
        finally
        {
            for (var i = 0; i < arguments.Count; i++)
                Marshal.FreeCoTaskMem((nint)argv[i]);
            NativeMemory.Free(argv);
            Marshal.FreeCoTaskMem((nint)file);
            _ = LibC.SpawnAttributesDestroy(attributes);
            _ = LibC.SpawnActionsDestroy(actions);
        }
    }
}
