using System.Runtime.InteropServices;

namespace Vitrine.Linux.Interop;

/// <summary>Opens paths that somebody else chose below a directory, so that no symbolic link and no <c>..</c> leads out of it (openat2(2)).</summary>
public static unsafe class RootedFiles
{
    private const int SysOpenat2 = 437, AtFdcwd = -100;
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
}
