using System.Formats.Tar;
using System.Text.Json;

namespace Vitrine.Images;

/// <summary>Writes images of the store as one OCI archive (image-spec "image-layout.md" in a tar), as ctr, docker and skopeo read it.</summary>
internal static class ImageArchive
{
    private const UnixFileMode Plain = (UnixFileMode)0x1A4; // 0644

    /// <exception cref="CommandFailure">an image that is not in the store, or not whole</exception>
    public static async Task WriteAsync(ImageStore store, IReadOnlyCollection<string> names, Stream output, CancellationToken ct)
    {
        var present = store.List();
        var manifests = names.Select(n => ImageReference.Parse(n).ToString() is var full && present.TryGetValue(full, out var manifest)
            ? manifest : throw new CommandFailure($"there is no image {n}", "vitrine image ls shows those there are; vitrine image build makes them")).ToArray();
        await using var tar = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true);
        await AddAsync("oci-layout", new MemoryStream("""{"imageLayoutVersion":"1.0.0"}"""u8.ToArray()));
        await AddAsync("index.json", new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(new OciIndex { MediaType = OciMediaType.Index, Manifests = manifests }, ImageJson.Default.OciIndex)));
        foreach (var digest in manifests.SelectMany(m => (store.Closure(m) ?? throw new CommandFailure($"image {m.Annotations![ImageStore.NameAnnotation]} is not whole", "build or load it again")).Append(m.Digest)).Distinct())
        {
            await using var blob = File.OpenRead(store.Blob(digest)!);
            await AddAsync($"blobs/{digest.Replace(':', '/')}", blob);
        }

        async Task AddAsync(string path, Stream content) =>
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, path) { Mode = Plain, ModificationTime = DateTimeOffset.UnixEpoch, DataStream = content }, ct);
    }
}
