using System.Formats.Tar;

namespace Vitrine.Images;

/// <summary>
/// The files of one layer, by path without a leading slash, in the order a tar wants them. Paths follow the merged
/// /usr of Debian: what a package puts under bin, sbin or lib lands under usr.
/// </summary>
internal sealed class LayerTree
{
    private static readonly string[] Merged = ["bin", "sbin", "lib", "lib64"];
    private static readonly string[] Pruned =
    [
        "usr/share/doc/", "usr/share/man/", "usr/share/info/", "usr/share/locale/", "usr/share/lintian/", "usr/share/linda/",
        "usr/share/bash-completion/", "usr/share/bug/", "usr/share/doc-base/", "var/cache/", "usr/lib/x86_64-linux-gnu/gconv/", "usr/lib/aarch64-linux-gnu/gconv/",
        "lib/systemd/", "usr/lib/systemd/", "etc/init.d/", "etc/cron.", "usr/share/i18n/", "usr/share/zoneinfo/",
    ];

    private readonly SortedDictionary<string, TarEntry> entries = new(StringComparer.Ordinal);

    public IEnumerable<string> Paths => entries.Keys;

    /// <summary>Adds the files of a .deb's data archive, without documentation and translations.</summary>
    public async Task AddDebAsync(string deb, CancellationToken ct)
    {
        using var unpack = Subprocess.Start("dpkg-deb", ["--fsys-tarfile", deb]);
        var error = unpack.StandardError.ReadToEndAsync(ct);
        var archive = unpack.StandardOutput.BaseStream;
        await using (var tar = new TarReader(archive, leaveOpen: true))
        {
            while (await tar.GetNextEntryAsync(copyData: true, ct) is { } entry)
            {
                var path = Normalise(entry.Name);
                if (path.Length == 0 || Array.Exists(Merged, m => m == path) || Unwanted(path, entry))
                {
                    continue;
                }

                if (entry.EntryType is TarEntryType.HardLink)
                {
                    entry.LinkName = Normalise(entry.LinkName);
                }

                lock (entries)
                {
                    Add(path, entry);
                }
            }
        }

        // The padding after the last entry: dpkg-deb must be able to write it.
        await archive.CopyToAsync(Stream.Null, ct);
        await unpack.WaitForExitAsync(ct);
        if (unpack.ExitCode != 0)
        {
            throw new CommandFailure($"{deb} cannot be unpacked: {(await error).Trim()}", "delete it, and build again");
        }
    }

    public void AddDirectory(string path, UnixFileMode mode) =>
        Add(Normalise(path), new PaxTarEntry(TarEntryType.Directory, "x") { Mode = mode });

    public void AddLink(string path, string target) =>
        Add(Normalise(path, merge: false), new PaxTarEntry(TarEntryType.SymbolicLink, "x") { LinkName = target, Mode = (UnixFileMode)0x1FF });

    public void AddFile(string path, byte[] content, UnixFileMode mode) =>
        Add(Normalise(path), new PaxTarEntry(TarEntryType.RegularFile, "x") { DataStream = new MemoryStream(content), Mode = mode });

    /// <summary>Content of a regular file of this layer, or null.</summary>
    public byte[]? Read(string path)
    {
        if (!entries.TryGetValue(Normalise(path), out var entry) || entry.DataStream is not { } data)
        {
            return null;
        }

        data.Position = 0;
        var content = new byte[data.Length];
        data.ReadExactly(content);
        data.Position = 0;
        return content;
    }

    /// <summary>Writes the layer as a tar whose bytes depend on the files alone.</summary>
    public async Task WriteAsync(Stream output, CancellationToken ct)
    {
        await using var tar = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true);

        // A hard link must follow its target.
        foreach (var (path, entry) in entries.OrderBy(e => e.Value.EntryType == TarEntryType.HardLink))
        {
            var copy = new PaxTarEntry(entry.EntryType is TarEntryType.V7RegularFile ? TarEntryType.RegularFile : entry.EntryType, path)
            {
                Mode = entry.Mode,
                Uid = entry.Uid,
                Gid = entry.Gid,
                ModificationTime = DateTimeOffset.UnixEpoch,
            };
            if (entry.EntryType is TarEntryType.SymbolicLink or TarEntryType.HardLink)
            {
                copy.LinkName = entry.LinkName;
            }
            else if (entry.DataStream is { } data)
            {
                data.Position = 0;
                copy.DataStream = data;
            }

            await tar.WriteEntryAsync(copy, ct);
        }
    }

    private static bool Unwanted(string path, TarEntry entry) =>
        !path.EndsWith("/copyright", StringComparison.Ordinal)
        && (entry.EntryType is TarEntryType.CharacterDevice or TarEntryType.BlockDevice
            || Array.Exists(Pruned, p => path.StartsWith(p, StringComparison.Ordinal)));

    private static string Normalise(string path) => Normalise(path, merge: true);

    private static string Normalise(string path, bool merge)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(p => p != ".").ToArray();
        if (parts.Contains(".."))
        {
            throw new CommandFailure($"the path {path} leaves the image", "name it without ..");
        }

        var clean = string.Join('/', parts);
        return merge && parts.Length > 1 && Array.IndexOf(Merged, parts[0]) >= 0 ? $"usr/{clean}" : clean;
    }

    private void Add(string path, TarEntry entry)
    {
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            entries.TryAdd(path[..slash], new PaxTarEntry(TarEntryType.Directory, "x") { Mode = (UnixFileMode)0x1ED });
        }

        entries[path] = entry;
    }
}
