using Vitrine.Linux.Interop;

namespace Vitrine.Agent.Volumes;

/// <summary>
/// Files that change as one: written into a fresh timestamped directory, published by renaming the ..data link, as kubelet's atomic writer does.
/// A container sees either all old or all new content.
/// </summary>
internal static class ProjectedFiles
{
    private const string Link = "..data";

    /// <param name="files">By relative path.</param>
    /// <param name="group">fsGroup, or null.</param>
    /// <returns>False when nothing had changed.</returns>
    public static bool Publish(string directory, IReadOnlyDictionary<string, ProjectedFile> files, long? group = null)
    {
        Directory.CreateDirectory(directory);
        foreach (var path in files.Keys)
        {
            CheckRelative(path);
        }

        var link = Path.Combine(directory, Link);
        var current = Directory.Exists(link) ? new DirectoryInfo(link).LinkTarget : null;
        if (current is not null && Same(Path.Combine(directory, current), files))
        {
            return false;
        }

        var name = $"..{Guid.NewGuid():N}";
        var fresh = Path.Combine(directory, name);
        Directory.CreateDirectory(fresh);
        foreach (var (path, file) in files)
        {
            var target = Path.Combine(fresh, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, file.Content);
            File.SetUnixFileMode(target, (UnixFileMode)(file.Mode & 0x1FF));
            if (file.User is { } user)
            {
                FileSystems.Own(target, user, null);
            }
        }

        if (group is { } gid)
        {
            VolumeOwnership.Apply(fresh, gid, null);
        }

        var next = Path.Combine(directory, Link + "_tmp");
        File.Delete(next);
        File.CreateSymbolicLink(next, name);
        // Not File.Move, which looks through the link.
        FileSystems.Rename(next, link);
        LinkTopLevel(directory, files.Keys);
        if (current is not null)
        {
            Directory.Delete(Path.Combine(directory, current), recursive: true);
        }

        return true;
    }

    private static void LinkTopLevel(string directory, IEnumerable<string> paths)
    {
        var wanted = paths.Select(p => p.Split('/')[0]).ToHashSet(StringComparer.Ordinal);
        foreach (var name in wanted)
        {
            var link = Path.Combine(directory, name);
            if (!Path.Exists(link) && new FileInfo(link).LinkTarget is null)
            {
                File.CreateSymbolicLink(link, $"{Link}/{name}");
            }
        }

        foreach (var entry in new DirectoryInfo(directory).EnumerateFileSystemInfos())
        {
            if (!entry.Name.StartsWith("..", StringComparison.Ordinal) && !wanted.Contains(entry.Name) && entry.LinkTarget is not null)
            {
                entry.Delete();
            }
        }
    }

    private static bool Same(string directory, IReadOnlyDictionary<string, ProjectedFile> files)
    {
        var present = Directory.Exists(directory) ? Directory.GetFiles(directory, "*", SearchOption.AllDirectories) : [];
        return present.Length == files.Count && files.All(f =>
            File.Exists(Path.Combine(directory, f.Key)) && File.ReadAllBytes(Path.Combine(directory, f.Key)).AsSpan().SequenceEqual(f.Value.Content));
    }

    private static void CheckRelative(string path)
    {
        if (path.Length == 0 || path.StartsWith('/') || path.Contains('\0') || path.Split('/').Any(part => part is "" or "." || part.StartsWith("..", StringComparison.Ordinal)))
        {
            throw new MountException($"the path \"{path}\" of a projected file must be relative, without \"..\"");
        }
    }
}
