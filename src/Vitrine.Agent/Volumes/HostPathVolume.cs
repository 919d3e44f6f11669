using k8s.Models;
using Vitrine.Linux.Interop;

namespace Vitrine.Agent.Volumes;

/// <summary>hostPath: a path of the node, checked by its type.</summary>
internal static class HostPathVolume
{
    public static string SetUp(V1HostPathVolumeSource source)
    {
        var path = source.Path;
        if (!Path.IsPathRooted(path) || path.Split('/').Contains(".."))
        {
            throw new MountException($"hostPath \"{path}\" must be absolute and without \"..\"");
        }

        var ok = source.Type switch
        {
            "DirectoryOrCreate" => Directory.CreateDirectory(path).Exists,
            "Directory" => Directory.Exists(path),
            "FileOrCreate" => Create(path),
            "File" => File.Exists(path) && Status(path) is { IsSocket: false, IsBlockDevice: false, IsCharacterDevice: false },
            "Socket" => Path.Exists(path) && Status(path).IsSocket,
            "CharDevice" => Path.Exists(path) && Status(path).IsCharacterDevice,
            "BlockDevice" => Path.Exists(path) && Status(path).IsBlockDevice,
            null or "" => Path.Exists(path) || Directory.CreateDirectory(path).Exists,
            var unknown => throw new MountException($"hostPath type \"{unknown}\" is not one Kubernetes has"),
        };
        return ok ? path : throw new MountException($"hostPath type check failed: {path} is not a {source.Type}");
    }

    private static FileStatus Status(string path) => FileSystems.Status(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path);

    private static bool Create(string path)
    {
        if (!File.Exists(path))
        {
            using var made = new FileStream(path, FileMode.CreateNew);
        }

        return true;
    }
}
