using Vitrine.Linux.Interop;

namespace Vitrine.Agent.Volumes;

/// <summary>
/// fsGroup: everything in a volume belongs to the group, which may read and write it, and what is made there later does so too (setgid).
/// Source: SetVolumeOwnership of pkg/volume.
/// </summary>
internal static class VolumeOwnership
{
    private const int ReadWrite = 0b110_110_000, Execute = 0b001_001_000, SetGroup = 0b010_000_000_000;

    /// <param name="policy">OnRootMismatch leaves a volume alone whose root is right already.</param>
    public static void Apply(string root, long group, string? policy)
    {
        if (policy == "OnRootMismatch" && FileSystems.Status(root) is var status && status.Group == group && (status.Permissions & (ReadWrite | Execute | SetGroup)) == (ReadWrite | Execute | SetGroup))
        {
            return;
        }

        Give(root, group);
    }

    private static void Give(string path, long group)
    {
        var status = FileSystems.Status(path);
        FileSystems.Own(path, null, group);
        if (status.IsLink)
        {
            return;
        }

        File.SetUnixFileMode(path, (UnixFileMode)(status.Permissions | ReadWrite | (status.IsDirectory ? Execute | SetGroup : 0)));
        foreach (var child in status.IsDirectory ? Directory.GetFileSystemEntries(path) : [])
        {
            Give(child, group);
        }
    }
}
