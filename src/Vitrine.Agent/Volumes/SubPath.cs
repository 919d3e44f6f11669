using Vitrine.Linux.Interop;

namespace Vitrine.Agent.Volumes;

/// <summary>
/// subPath: a part of a volume, as a mount of its own. A container may have left symbolic links in the volume, and may change them while we look
/// (CVE-2017-1002101, CVE-2021-25741): they are followed inside the volume only, and what was found is mounted by its descriptor.
/// </summary>
internal static class SubPath
{
    /// <returns><paramref name="target"/>.</returns>
    /// <exception cref="MountException">The path climbs, or cannot be mounted.</exception>
    public static string Mount(string volume, string subPath, string target)
    {
        Check(subPath);
        try
        {
            // A predecessor of the container had it, too.
            Mounts.TryUnmount(target, lazy: true);
            RootedFiles.Bind(volume, subPath, target);
            return target;
        }
        catch (LinuxException e)
        {
            throw new MountException($"failed to prepare subPath \"{subPath}\": {e.Message}");
        }
    }

    internal static void Check(string subPath)
    {
        if (subPath.StartsWith('/') || subPath.Contains('\0'))
        {
            throw new MountException($"subPath \"{subPath}\" must be relative");
        }

        if (subPath.Split('/').FirstOrDefault(part => part is "." or "..") is { } climbs)
        {
            throw new MountException($"subPath \"{subPath}\" must not contain \"{climbs}\"");
        }
    }
}
