using k8s.Models;
using Vitrine.Linux.Interop;

namespace Vitrine.Agent.Volumes;

/// <summary>emptyDir: a directory anyone in the pod may write, on disk or (medium Memory) a tmpfs.</summary>
internal static class EmptyDirVolume
{
    private const UnixFileMode Everyone = (UnixFileMode)0b111_111_111;

    public static void SetUp(V1EmptyDirVolumeSource source, string directory)
    {
        if (Directory.Exists(directory))
        {
            return;
        }

        Directory.CreateDirectory(directory);
        if (source.Medium == "Memory")
        {
            try
            {
                Mounts.Tmpfs(directory, source.SizeLimit?.ToInt64() ?? 0, 0b111_111_111);
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
        File.SetUnixFileMode(directory, Everyone);
    }
}
