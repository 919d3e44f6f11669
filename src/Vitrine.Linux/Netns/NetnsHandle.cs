using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Vitrine.Linux.Interop;

namespace Vitrine.Linux.Netns;

/// <summary>
/// A network namespace, held open by a descriptor. There is no Enter(): setns(2) is per thread and a pool thread left in a foreign namespace is a
/// fault that shows elsewhere. <see cref="Run{T}"/> uses a thread of its own, which comes home afterwards; a socket opened on it works from anywhere.
/// </summary>
public sealed class NetnsHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    internal const int CloneNewNet = 0x40000000;

    private NetnsHandle(int fd, string path) : base(ownsHandle: true)
    {
        SetHandle(fd);
        Path = path;
    }

    /// <summary>The path it was opened by, for messages.</summary>
    public string Path { get; }

    internal int Fd => (int)handle;

    /// <summary>Opens a pinned namespace such as /run/netns/x, or /proc/123/ns/net.</summary>
    /// <exception cref="LinuxException">ENOENT when it is gone; EINVAL when the path is not a namespace</exception>
    public static NetnsHandle Open(string path) =>
        TryOpen(path) ?? throw new LinuxException($"open network namespace {path}", Errno.ENOENT);

    /// <summary>As <see cref="Open"/>, but null when the path does not exist or its mount is gone.</summary>
    public static NetnsHandle? TryOpen(string path)
    {
        // A plain open could hang on a fifo or wake a device; with O_NONBLOCK it cannot.
        var fd = LibC.Open(path, (int)(OpenFlags.ReadOnly | OpenFlags.NonBlocking | OpenFlags.CloseOnExec), 0);
        if (fd < 0)
            return LibC.LastErrno is Errno.ENOENT or Errno.ENOTDIR or Errno.ESRCH
                ? null : throw new LinuxException(LibC.LastErrno, $"open network namespace {path}");
        var netns = new NetnsHandle(fd, path);
        if (IsNsfs(fd))
            return netns;
        netns.Dispose();
        // What is left of a pinned namespace whose mount is gone is an empty plain file.
        throw new LinuxException($"open network namespace {path}", Errno.EINVAL, "the file is not a namespace");
    }

    public static NetnsHandle OpenByPid(int pid) => Open($"/proc/{pid}/ns/net");

    /// <summary>The namespace of the calling thread.</summary>
    public static NetnsHandle Current() => Open("/proc/thread-self/ns/net");

    /// <summary>A new namespace that lives as long as this handle and what is opened in it.</summary>
    public static NetnsHandle CreateUnpinned()
    {
        using var current = Current();
        return current.Run(() =>
        {
            LibC.Check(LibC.Unshare(CloneNewNet), "create a network namespace");
            return Current();
        });
    }

    /// <summary>The namespace's inode: equal for two handles exactly when they are the same namespace.</summary>
    public unsafe ulong Inode()
    {
        // struct stat begins with st_dev and st_ino, a word each, on both architectures; libc's fstat is no symbol before glibc 2.33.
        var buffer = stackalloc ulong[32];
        nint number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 80 : 5;
        LibC.Check(LibC.Syscall(number, Fd, (nint)buffer, 0, 0), "inode of a network namespace");
        return buffer[1];
    }

    /// <summary>Runs <paramref name="inside"/> on a dedicated thread in this namespace and waits for it. Keep it to opening sockets and sysctls.</summary>
    public T Run<T>(Func<T> inside)
    {
        T result = default!;
        NetnsThread.Run(() =>
        {
            LibC.Check(LibC.Setns(Fd, CloneNewNet), $"enter network namespace {Path}");
            result = inside();
        });
        return result;
    }

    public void Run(Action inside) => Run(() => { inside(); return 0; });

    protected override bool ReleaseHandle() => LibC.Close((int)handle) == 0;

    private static unsafe bool IsNsfs(int fd)
    {
        var buffer = stackalloc long[32];
        return LibC.Fstatfs(fd, (byte*)buffer) == 0 && buffer[0] == FileSystems.NsfsMagic;
    }
}
