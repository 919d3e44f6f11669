namespace Vitrine.Agent.Volumes;

/// <summary>subPath: a path inside a volume. A container may have left symbolic links there, so each is refused rather than followed (CVE-2017-1002101).</summary>
internal static class SubPath
{
    public static string Resolve(string volume, string subPath)
    {
        if (subPath.StartsWith('/') || subPath.Contains('\0'))
        {
            throw new MountException($"subPath \"{subPath}\" must be relative");
        }

        var path = volume;
        foreach (var part in subPath.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part is "." or "..")
            {
                throw new MountException($"subPath \"{subPath}\" must not contain \"{part}\"");
            }

            path = Path.Combine(path, part);
            if (new FileInfo(path).LinkTarget is { } target && !IsPublished(target))
            {
                throw new MountException($"subPath \"{subPath}\" leads through the symbolic link {part}, which is refused");
            }
        }

        if (!Path.Exists(path))
        {
            Directory.CreateDirectory(path);
        }

        return path;
    }

    // The links of a projected volume (..data/key): the agent made them, and their targets stay inside.
    private static bool IsPublished(string target) => target.StartsWith("..data/", StringComparison.Ordinal) && !target.Contains("/..", StringComparison.Ordinal);
}
