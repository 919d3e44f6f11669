using System.Text;

namespace Vitrine.Images;

/// <summary>The part of a layer that comes from the recipe itself: what maintainer scripts would have made, and its own files.</summary>
internal static class RecipeFiles
{
    private const UnixFileMode Plain = (UnixFileMode)0x1A4;      // 0644
    private const UnixFileMode Executable = (UnixFileMode)0x1ED; // 0755

    /// <summary>Adds them to the layer; <paramref name="below"/> is the layer underneath, or null for the lowest.</summary>
    public static async Task AddAsync(Recipe recipe, LayerTree tree, LayerTree? below, CancellationToken ct)
    {
        if (below is null && recipe.Packages.Count > 0)
        {
            AddUserspace(tree);
        }

        AddCertificates(tree);
        foreach (var (path, mode) in recipe.Directories)
        {
            tree.AddDirectory(path, (UnixFileMode)Convert.ToInt32(mode, 8));
        }

        foreach (var (path, text) in recipe.Append)
        {
            var before = tree.Read(path) ?? below?.Read(path) ?? [];
            tree.AddFile(path, [.. before, .. Encoding.UTF8.GetBytes(text)], Plain);
        }

        foreach (var (path, source) in recipe.Compile)
        {
            tree.AddFile(path, await CompileAsync(Path.Combine(recipe.Folder, source), ct), Executable);
        }

        var own = Path.Combine(recipe.Folder, "rootfs");
        if (Directory.Exists(own))
        {
            foreach (var file in Directory.EnumerateFiles(own, "*", SearchOption.AllDirectories))
            {
                var mode = File.GetUnixFileMode(file).HasFlag(UnixFileMode.UserExecute) ? Executable : Plain;
                tree.AddFile(Path.GetRelativePath(own, file), await File.ReadAllBytesAsync(file, ct), mode);
            }
        }

        foreach (var (path, file) in recipe.Program is null ? [] : ProgramFiles.List(AppContext.BaseDirectory))
        {
            tree.AddFile(Path.Combine(recipe.Program!, path), await File.ReadAllBytesAsync(file, ct), File.GetUnixFileMode(file).HasFlag(UnixFileMode.UserExecute) ? Executable : Plain);
        }

        foreach (var (path, target) in recipe.Links)
        {
            tree.AddLink(path, target);
        }
    }

    /// <summary>What debootstrap and the first maintainer scripts make: the merged /usr, users and groups, /tmp.</summary>
    private static void AddUserspace(LayerTree tree)
    {
        foreach (var name in new[] { "bin", "sbin", "lib", "lib64" })
        {
            tree.AddDirectory($"usr/{name}", Executable);
            tree.AddLink(name, $"usr/{name}");
        }

        foreach (var name in new[] { "dev", "etc", "home", "mnt", "opt", "proc", "run", "srv", "sys", "var/log", "var/cache", "var/lib" })
        {
            tree.AddDirectory(name, Executable);
        }

        tree.AddDirectory("tmp", (UnixFileMode)0x3FF);
        tree.AddDirectory("var/tmp", (UnixFileMode)0x3FF);
        tree.AddDirectory("root", (UnixFileMode)0x1C0);
        foreach (var (target, master) in new[] { ("etc/passwd", "usr/share/base-passwd/passwd.master"), ("etc/group", "usr/share/base-passwd/group.master") })
        {
            if (tree.Read(master) is { } content)
            {
                tree.AddFile(target, content, Plain);
            }
        }
    }

    private static void AddCertificates(LayerTree tree)
    {
        var authorities = tree.Paths.Where(p => p.StartsWith("usr/share/ca-certificates/", StringComparison.Ordinal) && p.EndsWith(".crt", StringComparison.Ordinal)).ToArray();
        if (authorities.Length > 0)
        {
            tree.AddFile("etc/ssl/certs/ca-certificates.crt", [.. authorities.SelectMany(a => tree.Read(a)!)], Plain);
        }
    }

    private static async Task<byte[]> CompileAsync(string source, CancellationToken ct)
    {
        var compiler = new[] { "cc", "clang", "gcc" }.FirstOrDefault(c => Subprocess.Find(c) is not null)
            ?? throw new CommandFailure($"no C compiler to build {source}", "apt-get install clang");
        var output = Path.Combine(Path.GetTempPath(), $"vitrine-{Guid.NewGuid():n}");
        try
        {
            await Subprocess.RequireAsync(
                compiler,
                ["-Os", "-static", "-nostdlib", "-ffreestanding", "-fno-stack-protector", "-fno-asynchronous-unwind-tables", "-Wl,--build-id=none", "-Wl,-z,noseparate-code", "-s", "-o", output, source],
                ct);
            return await File.ReadAllBytesAsync(output, ct);
        }
        finally
        {
            File.Delete(output);
        }
    }
}
