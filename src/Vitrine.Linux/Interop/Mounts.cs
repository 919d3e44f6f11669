namespace Vitrine.Linux.Interop;

/// <summary>mount(2) and /proc/self/mountinfo, in the mount namespace of the calling process.</summary>
public static class Mounts
{
    private const ulong ReadOnlyFlag = 1, NoSuid = 2, NoDev = 4, NoExec = 8, Remount = 32, BindFlag = 4096, Recursive = 16384, Private = 1 << 18, Shared = 1 << 20;
    private const int Detach = 2, NoFollow = 8;

    /// <summary>Makes <paramref name="source"/> visible at <paramref name="target"/>, which must exist and be of the same sort (file or directory).</summary>
    public static void Bind(string source, string target, bool readOnly = false, bool recursive = false)
    {
        Call(source, target, null, BindFlag | (recursive ? Recursive : 0), null, $"bind mount {source} on {target}");
        // The kernel ignores MS_RDONLY on the first bind; it takes a remount.
        if (readOnly)
            Call(null, target, null, BindFlag | Remount | ReadOnlyFlag, null, $"remount {target} read-only");
    }

    /// <summary>Mount events neither leave nor enter the tree at <paramref name="target"/> (mount --make-rprivate).</summary>
    public static void MakePrivate(string target, bool recursive = true) =>
        Call(null, target, null, Private | (recursive ? Recursive : 0), null, $"make {target} private");

    /// <summary>Mount events propagate to peers of <paramref name="target"/> (mount --make-rshared).</summary>
    public static void MakeShared(string target, bool recursive = true) =>
        Call(null, target, null, Shared | (recursive ? Recursive : 0), null, $"make {target} shared");

    /// <summary>Mounts a tmpfs; <paramref name="sizeBytes"/> 0 leaves the kernel's default of half the memory.</summary>
    public static void Tmpfs(string target, long sizeBytes = 0, int mode = 0b111_101_101)
    {
        var options = "mode=" + Convert.ToString(mode, 8) + (sizeBytes > 0 ? ",size=" + sizeBytes : "");
        Call("tmpfs", target, "tmpfs", NoSuid | NoDev, options, $"mount tmpfs on {target}");
    }

    /// <summary>Unmounts; lazy detaches at once and frees the mount when the last user is gone. A path that is no mount point is an error (EINVAL).</summary>
    public static void Unmount(string target, bool lazy = false) =>
        LibC.Check(LibC.Umount2(target, NoFollow | (lazy ? Detach : 0)), $"unmount {target}");

    /// <summary>As <see cref="Unmount"/>, but false where the path does not exist or is no mount point.</summary>
    public static bool TryUnmount(string target, bool lazy = false)
    {
        if (LibC.Umount2(target, NoFollow | (lazy ? Detach : 0)) == 0)
            return true;
        return LibC.LastErrno is Errno.EINVAL or Errno.ENOENT ? false : throw new LinuxException(LibC.LastErrno, $"unmount {target}");
    }

    /// <summary>Every mount of this mount namespace, parents before children as the kernel lists them.</summary>
    public static IReadOnlyList<MountEntry> List() => Parse(File.ReadAllText("/proc/self/mountinfo"));

    internal static IReadOnlyList<MountEntry> Parse(string mountInfo)
    {
        var entries = new List<MountEntry>();
        foreach (var line in mountInfo.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            entries.Add(MountEntry.Parse(line));
        return entries;
    }

    private static void Call(string? source, string target, string? type, ulong flags, string? options, string attempted) =>
        LibC.Check(LibC.Mount(source, target, type, flags, options), attempted);
}
