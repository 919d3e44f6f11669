using Vitrine.Linux.Interop;

namespace Vitrine.Linux.Netns;

/// <summary>Network namespaces that live by a bind mount at a path, as iproute2 keeps them in /run/netns.</summary>
public static class PinnedNetns
{
    /// <summary>
    /// Makes a new namespace (loopback down, no other link) and pins it. The path must not exist; its directory must.
    /// Nothing is left behind when it fails.
    /// </summary>
    public static NetnsHandle Create(string path)
    {
        FileHandle.Open(path, OpenFlags.ReadOnly | OpenFlags.Create | OpenFlags.Exclusive, 0).Dispose();
        try
        {
            NetnsThread.Run(() =>
            {
                LibC.Check(LibC.Unshare(NetnsHandle.CloneNewNet), "create a network namespace");
                Mounts.Bind("/proc/thread-self/ns/net", path);
            });
            return NetnsHandle.Open(path);
        }
        catch
        {
            Remove(path);
            throw;
        }
    }

    /// <summary>Unpins: the namespace and its links go when the last process and descriptor leave it. A path that is gone already is fine.</summary>
    public static void Remove(string path)
    {
        while (Mounts.TryUnmount(path, lazy: true))
        {
        }
        if (LibC.Unlink(path) != 0 && LibC.LastErrno != Errno.ENOENT)
            throw new LinuxException(LibC.LastErrno, $"remove {path}");
    }
}
