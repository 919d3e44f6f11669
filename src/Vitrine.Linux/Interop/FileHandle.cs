using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Vitrine.Linux.Interop;

/// <summary>
/// A plain file descriptor. Used where System.IO would add system calls that matter to a process of 2 ms (it stats, locks and seeks at open)
/// or hide errno.
/// </summary>
public sealed unsafe class FileHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public FileHandle() : base(ownsHandle: true) { }

    internal FileHandle(int fd) : base(ownsHandle: true) => SetHandle(fd);

    internal int Fd => (int)handle;

    /// <summary>Opens a path; O_CLOEXEC is always added.</summary>
    /// <exception cref="LinuxException">with the errno of open(2)</exception>
    public static FileHandle Open(string path, OpenFlags flags, int mode = 0b110_000_000) =>
        new((int)LibC.Check(LibC.Open(path, (int)(flags | OpenFlags.CloseOnExec), (uint)mode), $"open {path}"));

    /// <summary>As <see cref="Open"/>, but null where the path does not exist.</summary>
    public static FileHandle? TryOpen(string path, OpenFlags flags, int mode = 0b110_000_000)
    {
        var fd = LibC.Open(path, (int)(flags | OpenFlags.CloseOnExec), (uint)mode);
        if (fd >= 0)
            return new FileHandle(fd);
        return LibC.LastErrno is Errno.ENOENT ? null : throw new LinuxException(LibC.LastErrno, $"open {path}");
    }

    /// <summary>Reads to the end of the file, or throws when there are more than <paramref name="limit"/> bytes.</summary>
    public byte[] ReadToEnd(int limit)
    {
        var buffer = new byte[Math.Min(limit + 1, 16 * 1024)];
        for (var length = 0; ;)
        {
            var n = Read(buffer.AsSpan(length));
            if (n == 0)
                return buffer.AsSpan(0, length).ToArray();
            length += n;
            if (length > limit)
                throw new LinuxException($"read fd {Fd}", Errno.ERANGE, $"longer than the limit of {limit} bytes");
            if (length == buffer.Length)
                Array.Resize(ref buffer, Math.Min(limit + 1, buffer.Length * 4));
        }
    }

    /// <summary>read(2) once, repeated after a signal; 0 is the end of the file.</summary>
    public int Read(Span<byte> into)
    {
        fixed (byte* p = into)
            while (true)
            {
                var n = LibC.Read(Fd, p, into.Length);
                if (n >= 0)
                    return (int)n;
                if (LibC.LastErrno != Errno.EINTR)
                    throw new LinuxException(LibC.LastErrno, $"read fd {Fd}");
            }
    }

    /// <summary>Writes all bytes, in as many write(2) calls as the kernel wants.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* p = bytes)
            for (nint done = 0; done < bytes.Length;)
            {
                var n = LibC.Write(Fd, p + done, bytes.Length - done);
                if (n >= 0)
                    done += n;
                else if (LibC.LastErrno != Errno.EINTR)
                    throw new LinuxException(LibC.LastErrno, $"write fd {Fd}");
            }
    }

    public void Truncate(long length) => LibC.Check(LibC.Ftruncate(Fd, length), $"truncate fd {Fd}");

    public void SeekToEnd() => LibC.Check((nint)LibC.Lseek(Fd, 0, 2), $"seek fd {Fd}");

    public void Sync() => LibC.Check(LibC.Fsync(Fd), $"fsync fd {Fd}");

    /// <summary>The file system's magic number, f_type of fstatfs(2); the first word on both supported ABIs.</summary>
    public long FileSystemType()
    {
        var buffer = stackalloc byte[256];
        LibC.Check(LibC.Fstatfs(Fd, buffer), $"fstatfs fd {Fd}");
        return *(long*)buffer;
    }

    /// <summary>A view of a descriptor that somebody else owns, such as 0 or 1; disposing it closes nothing.</summary>
    public static FileHandle Borrow(int fd)
    {
        var borrowed = new FileHandle(fd);
        GC.SuppressFinalize(borrowed);
        borrowed.owned = false;
        return borrowed;
    }

    private bool owned = true;

    public override bool IsInvalid => handle < 0;

    protected override bool ReleaseHandle() => !owned || LibC.Close((int)handle) == 0;
}
