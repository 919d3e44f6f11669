using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Vitrine.Linux.Interop;

/// <summary>A memory-backed directory (tmpfs(5)) by mount(2).</summary>
public static partial class Tmpfs
{
    private const nuint NoSuid = 2;
    private const nuint NoDev = 4;
    private const int Detach = 2;
    private const int Einval = 22;
    private const int Enoent = 2;

    /// <summary>Mounts a tmpfs over an existing directory.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="sizeBytes">Limit in bytes, or null for the kernel's default (half the memory).</param>
    /// <exception cref="IOException">mount(2) failed; the message carries errno's text.</exception>
    public static void Mount(string directory, long? sizeBytes)
    {
        if (mount("tmpfs", directory, "tmpfs", NoSuid | NoDev, sizeBytes is { } size ? $"mode=0777,size={size}" : "mode=0777") != 0)
        {
            throw new IOException($"mounting a tmpfs on {directory}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}.");
        }
    }

    /// <summary>Unmounts lazily; a directory that is no mount point, or is gone, is left alone.</summary>
    /// <exception cref="IOException">umount2(2) failed.</exception>
    public static void Unmount(string directory)
    {
        if (umount2(directory, Detach) != 0 && Marshal.GetLastPInvokeError() is not (Einval or Enoent) and var error)
        {
            throw new IOException($"unmounting {directory}: {new Win32Exception(error).Message}.");
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string type, nuint flags, string options);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);
}
