namespace Vitrine.Attaching;

/// <summary>The plugin's executables in the runtime's folder.</summary>
internal static class CniFiles
{
    public const string Plugin = "vitrine-cni";

    /// <summary>containerd asks for one by this name; whoever has put it there, his is as good.</summary>
    private const string Loopback = "loopback";

    private const UnixFileMode Executable = (UnixFileMode)0x1ED; // 0755

    /// <summary>Puts them there, each by a rename: a runtime that starts one meanwhile has the old one or the new one, whole.</summary>
    public static void Install(string from, string folder)
    {
        Directory.CreateDirectory(folder);
        var source = Path.Combine(from, Plugin);
        if (!File.Exists(source))
            throw new CommandFailure($"the CNI plugin is missing: {source}", "build it with ./build.sh; it belongs beside the vitrine executable");
        var loopback = Path.Combine(folder, Loopback);
        // Judged by the plugin of the version before.
        if (!File.Exists(loopback) || IsOurs(loopback))
            Replace(source, loopback);
        Replace(source, Path.Combine(folder, Plugin));
    }

    /// <summary>Takes away what <see cref="Install"/> put there.</summary>
    /// <returns>what was removed</returns>
    public static IReadOnlyList<string> Remove(string folder)
    {
        var removed = new List<string>();
        var loopback = Path.Combine(folder, Loopback);
        if (File.Exists(loopback) && IsOurs(loopback))
            removed.Add(loopback);
        if (File.Exists(Path.Combine(folder, Plugin)))
            removed.Add(Path.Combine(folder, Plugin));
        removed.ForEach(File.Delete);
        return removed;
    }

    /// <summary>Byte for byte our plugin.</summary>
    private static bool IsOurs(string file)
    {
        var plugin = new FileInfo(Path.Combine(Path.GetDirectoryName(file)!, Plugin));
        return plugin.Exists && plugin.Length == new FileInfo(file).Length && File.ReadAllBytes(plugin.FullName).AsSpan().SequenceEqual(File.ReadAllBytes(file));
    }

    private static void Replace(string source, string target)
    {
        var content = File.ReadAllBytes(source);
        if (File.Exists(target) && File.ReadAllBytes(target).AsSpan().SequenceEqual(content))
            return;
        var draft = $"{target}.{Environment.ProcessId}";
        using (var file = new FileStream(draft, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = Executable }))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        File.Move(draft, target, overwrite: true);
    }
}
