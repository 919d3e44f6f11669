namespace Vitrine.Linux.Interop;

/// <summary>
/// flock(2) on a file that exists for nothing else. The lock belongs to the open file description: it ends when the last descriptor closes,
/// so a killed process leaves no stale lock behind.
/// </summary>
public sealed class FileLock : IDisposable
{
    private const int LockExclusive = 2, LockNonBlocking = 4;
    private readonly FileHandle file;

    private FileLock(FileHandle file) => this.file = file;

    internal int Fd => file.Fd;

    /// <summary>Waits until the lock is ours. The file is created (0600) when it is missing; it is never removed, or two holders could pass each other.</summary>
    public static FileLock Acquire(string path)
    {
        var file = FileHandle.Open(path, OpenFlags.ReadWrite | OpenFlags.Create);
        while (LibC.Flock(file.Fd, LockExclusive) != 0)
            if (LibC.LastErrno != Errno.EINTR)
            {
                var errno = LibC.LastErrno;
                file.Dispose();
                throw new LinuxException($"lock {path}", errno);
            }
        return new FileLock(file);
    }

    /// <summary>The lock, or null when somebody else holds it.</summary>
    public static FileLock? TryAcquire(string path)
    {
        var file = FileHandle.Open(path, OpenFlags.ReadWrite | OpenFlags.Create);
        if (LibC.Flock(file.Fd, LockExclusive | LockNonBlocking) == 0)
            return new FileLock(file);
        var errno = LibC.LastErrno;
        file.Dispose();
        return errno == Errno.EAGAIN ? null : throw new LinuxException($"lock {path}", errno);
    }

    /// <summary>
    /// As <see cref="Acquire"/>, but null when the lock was not ours within <paramref name="patience"/>. The waiting is a thread's in flock(2), first
    /// come first served: polling would let latecomers past. Given up, that thread still takes the lock once and drops it.
    /// </summary>
    public static FileLock? TryAcquire(string path, TimeSpan patience)
    {
        if (TryAcquire(path) is { } free)
            return free;
        var gate = new Lock();
        FileLock? acquired = null;
        Exception? failure = null;
        var givenUp = false;
        var waiting = new Thread(() =>
        {
            try
            {
                var held = Acquire(path);
                lock (gate)
                    if (!givenUp)
                        acquired = held;
                    else
                        held.Dispose();
            }
            catch (LinuxException e)
            {
                failure = e;
            }
        }, maxStackSize: 256 * 1024) { IsBackground = true, Name = "flock" };
        waiting.Start();
        var ended = waiting.Join(patience);
        lock (gate)
            givenUp = acquired is null;
        return ended && failure is not null ? throw failure : acquired;
    }

    /// <summary>Takes over a lock whose descriptor was inherited from the process that started this one.</summary>
    public static FileLock Inherited(int fd) => new(new FileHandle(fd));

    public void Dispose() => file.Dispose();
}
