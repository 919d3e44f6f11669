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

    /// <summary>Takes over a lock whose descriptor was inherited from the process that started this one.</summary>
    public static FileLock Inherited(int fd) => new(new FileHandle(fd));

    public void Dispose() => file.Dispose();
}
