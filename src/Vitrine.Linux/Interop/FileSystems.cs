namespace Vitrine.Linux.Interop;

/// <summary>Calls on paths that the base library does not offer.</summary>
public static unsafe class FileSystems
{
    public const long Cgroup2Magic = 0x63677270, TmpfsMagic = 0x01021994, NsfsMagic = 0x6e736673, OverlayMagic = 0x794c7630;

    /// <summary>File system type and room, from statfs(2); the layout is the same on x86-64 and arm64.</summary>
    public static FileSystemUsage Usage(string path)
    {
        var buffer = stackalloc long[32];
        LibC.Check(LibC.Statfs(path, (byte*)buffer), $"statfs {path}");
        return new FileSystemUsage(buffer[0], buffer[2] * buffer[1], buffer[4] * buffer[1], buffer[5], buffer[6]);
    }

    /// <summary>Owner, mode and size of what is at the path itself: a symbolic link is not followed (statx(2)).</summary>
    public static FileStatus Status(string path)
    {
        const int AtFdcwd = -100, AtSymlinkNofollow = 0x100;
        const uint BasicStats = 0x7ff;
        var buffer = stackalloc byte[256];
        LibC.Check(LibC.Statx(AtFdcwd, path, AtSymlinkNofollow, BasicStats, buffer), $"statx {path}");
        return new FileStatus(*(uint*)(buffer + 20), *(uint*)(buffer + 24), *(ushort*)(buffer + 28), *(long*)(buffer + 32), *(uint*)(buffer + 16), *(long*)(buffer + 48) * 512);
    }

    /// <summary>Gives a file, or a symbolic link itself, to a user and a group; null leaves the one it has.</summary>
    public static void Own(string path, long? user, long? group) =>
        LibC.Check(LibC.Lchown(path, user is { } uid ? (uint)uid : uint.MaxValue, group is { } gid ? (uint)gid : uint.MaxValue), $"change the owner of {path}");

    /// <summary>Makes a named pipe with permission bits such as 0600.</summary>
    public static void MakeFifo(string path, int mode = 0b110_000_000) => LibC.Check(LibC.Mkfifo(path, (uint)mode), $"make fifo {path}");

    /// <summary>rename(2): replaces the target atomically.</summary>
    public static void Rename(string from, string to) => LibC.Check(LibC.Rename(from, to), $"rename {from} to {to}");

    /// <summary>Flushes a file or a directory (its names) to the disk.</summary>
    public static void Sync(string path)
    {
        using var handle = FileHandle.Open(path, OpenFlags.ReadOnly);
        handle.Sync();
    }
}
