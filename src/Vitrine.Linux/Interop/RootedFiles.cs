using System.Runtime.InteropServices;

namespace Vitrine.Linux.Interop;

/// <summary>Opens paths that somebody else chose below a directory, so that no symbolic link and no <c>..</c> leads out of it (openat2(2)).</summary>
public static unsafe class RootedFiles
{
    private const int SysOpenat2 = 437;
    private const ulong ResolveNoMagicLinks = 0x02, ResolveNoSymlinks = 0x04, ResolveInRoot = 0x10;

    /// <summary>Opens <paramref name="path"/> as if <paramref name="root"/> were <c>/</c>. Links are followed inside it, or refused (ELOOP) when <paramref name="symlinks"/> is false.</summary>
    public static FileHandle Open(string root, string path, OpenFlags flags, bool symlinks = true, int mode = 0)
    {
        var attempted = $"open {path} below {root}";
        using var directory = FileHandle.Open(root, OpenFlags.ReadOnly);
        var how = stackalloc ulong[3];
        how[0] = (ulong)(flags | OpenFlags.CloseOnExec);
        how[1] = (flags & OpenFlags.Create) != 0 ? (ulong)mode : 0;
        how[2] = ResolveInRoot | ResolveNoMagicLinks | (symlinks ? 0 : ResolveNoSymlinks);
        var name = Marshal.StringToCoTaskMemUTF8(path);
        try
        {
            return new FileHandle((int)LibC.Check(LibC.Syscall(SysOpenat2, directory.Fd, name, (nint)how, 3 * sizeof(ulong)), attempted));
        }
        finally
        {
            Marshal.FreeCoTaskMem(name);
        }
    }

    /// <summary>
    /// Makes what is at <paramref name="path"/> below <paramref name="root"/> visible at <paramref name="target"/>, which is made. The mount is made of an open
    /// descriptor: whoever swaps a directory for a link meanwhile gains nothing (CVE-2021-25741). Missing directories are made with the permissions of the root.
    /// </summary>
    public static void Bind(string root, string path, string target)
    {
        MakeDirectories(root, path);
        using var found = Open(root, path, OpenFlags.Path);
        var source = $"/proc/self/fd/{found.Fd}";
        if (Directory.Exists(source))
        {
            Directory.CreateDirectory(target);
        }
        else
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using var made = FileHandle.Open(target, OpenFlags.WriteOnly | OpenFlags.Create);
        }

        Mounts.Bind(source, target, recursive: true);
    }

    private static void MakeDirectories(string root, string path)
    {
        var permissions = FileSystems.Status(root).Permissions;
        var above = "";
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            using var parent = Open(root, above.Length == 0 ? "." : above, OpenFlags.Path);
            above = above.Length == 0 ? part : $"{above}/{part}";
            var made = $"/proc/self/fd/{parent.Fd}/{part}";
            if (LibC.Mkdir(made, (uint)permissions) == 0)
            {
                // mkdir(2) is subject to the umask.
                using var fresh = Open(root, above, OpenFlags.Path, symlinks: false);
                File.SetUnixFileMode($"/proc/self/fd/{fresh.Fd}", (UnixFileMode)permissions);
            }
            else if (LibC.LastErrno != Errno.EEXIST)
            {
                throw new LinuxException(LibC.LastErrno, $"make directory {above} below {root}");
            }
        }
    }
}
