using k8s.Models;
using Vitrine.Linux.Interop;

namespace Vitrine.Agent.Volumes;

/// <summary>emptyDir: a directory anyone in the pod may write, on disk or (medium Memory) a tmpfs.</summary>
internal static class EmptyDirVolume
{
    private const int Everyone = 0b111_111_111;

    /// <param name="most">Bytes a tmpfs may hold beside its own limit: what the pod's memory is limited to; 0 for no limit.</param>
    /// <returns>False when it was there already.</returns>
    public static bool SetUp(V1EmptyDirVolumeSource source, string directory, long most)
    {
        if (Directory.Exists(directory))
        {
            return false;
        }

        Directory.CreateDirectory(directory);
        var mode = source.Mode ?? Everyone;
        if (source.Medium == "Memory")
        {
            try
            {
                var own = source.SizeLimit?.ToInt64() ?? 0;
                Mounts.Tmpfs(directory, own > 0 && most > 0 ? Math.Min(own, most) : Math.Max(own, most), mode);
            }
            catch (LinuxException)
            {
                // A directory without its tmpfs would be taken for the finished volume next time.
                Directory.Delete(directory);
                throw;
            }
        }
        else if (source.Medium is { Length: > 0 } medium)
        {
            Directory.Delete(directory);
            throw new MountException($"emptyDir medium \"{medium}\" is not supported on this node: use \"\" or \"Memory\"");
        }

        // After creation: mkdir(2) is subject to the umask.
        File.SetUnixFileMode(directory, (UnixFileMode)mode);
        return true;
    }
}
