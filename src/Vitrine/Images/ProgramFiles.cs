namespace Vitrine.Images;

/// <summary>The files of this executable: itself, what it loads, and the CNI plugin beside it.</summary>
internal static class ProgramFiles
{
    /// <summary>In a stable order, each with its path below the executable's folder.</summary>
    /// <exception cref="CommandFailure">it is a development build, which a container cannot run</exception>
    public static IReadOnlyList<(string Path, string File)> List(string folder)
    {
        if (File.Exists(Path.Combine(folder, "vitrine.dll")))
            throw new CommandFailure("this vitrine is a development build: it needs a .NET runtime, which images have not got", "build it with ./build.sh, without VITRINE_JIT");
        return [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(f => Path.GetExtension(f) is not (".pdb" or ".dbg" or ".xml") && !Path.GetFileName(f).StartsWith('.'))
            .Select(f => (Path.GetRelativePath(folder, f), f)).OrderBy(f => f.Item1, StringComparer.Ordinal)];
    }
}
