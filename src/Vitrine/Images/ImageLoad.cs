using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;

namespace Vitrine.Images;

/// <summary>
/// Takes an OCI layout archive or a `docker save` archive, plain or gzipped, into the store. Everything is unpacked and
/// checked before anything is named, so a damaged archive changes nothing that was there.
/// </summary>
internal sealed class ImageLoad(ImageStore store)
{
    /// <summary>The references that were loaded. Throws <see cref="CommandFailure"/> for a file that is no image archive.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(string file, CancellationToken ct)
    {
        if (!File.Exists(file))
        {
            throw new CommandFailure($"there is no file {file}", "name an OCI or docker archive (docker save, skopeo copy, buildah push)");
        }

        var folder = Directory.CreateTempSubdirectory("vitrine-load-").FullName;
        try
        {
            await UnpackAsync(file, folder, ct);
            return File.Exists(Path.Combine(folder, "index.json")) ? LoadLayout(folder)
                : File.Exists(Path.Combine(folder, "manifest.json")) ? LoadDocker(folder)
                : throw new CommandFailure($"{file} is no image archive: it has neither index.json nor manifest.json", "save it with docker save or as an OCI archive");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandFailure($"{file} is a damaged image archive: {e.Message}", "make the archive again");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task UnpackAsync(string file, string folder, CancellationToken ct)
    {
        await using var raw = File.OpenRead(file);
        var magic = new byte[2];
        var zipped = await raw.ReadAtLeastAsync(magic, 2, throwOnEndOfStream: false, ct) == 2 && magic is [0x1F, 0x8B];
        raw.Position = 0;
        await using Stream content = zipped ? new GZipStream(raw, CompressionMode.Decompress) : raw;
        try
        {
            // Refuses entries that leave the folder (also by links) with an IOException.
            await TarFile.ExtractToDirectoryAsync(content, folder, overwriteFiles: true, ct);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or FormatException or EndOfStreamException)
        {
            throw new CommandFailure($"{file} is no tar archive that can be read: {e.Message}", "save the image again");
        }
    }

    private List<string> LoadLayout(string folder)
    {
        var index = JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(folder, "index.json")), ImageJson.Default.OciIndex)!;
        var named = new List<(ImageReference, OciDescriptor)>();
        foreach (var entry in index.Manifests)
        {
            var name = entry.Annotations?.GetValueOrDefault(ImageStore.NameAnnotation) ?? entry.Annotations?.GetValueOrDefault("org.opencontainers.image.ref.name");
            if (name is null)
            {
                throw new CommandFailure($"the archive's image {entry.Digest} has no name", $"annotate it with {ImageStore.NameAnnotation} or org.opencontainers.image.ref.name");
            }

            named.Add((ImageReference.Parse(name), TakeManifest(folder, entry)));
        }

        return Tag(named);
    }

    private OciDescriptor TakeManifest(string folder, OciDescriptor entry)
    {
        var bytes = File.ReadAllBytes(LayoutBlob(folder, entry.Digest));
        if (entry.MediaType is OciMediaType.Index or OciMediaType.DockerManifestList)
        {
            foreach (var child in JsonSerializer.Deserialize(bytes, ImageJson.Default.OciIndex)!.Manifests.Where(c => File.Exists(LayoutBlob(folder, c.Digest))))
            {
                TakeManifest(folder, child);
            }
        }
        else
        {
            var manifest = JsonSerializer.Deserialize(bytes, ImageJson.Default.OciManifest)!;
            foreach (var part in manifest.Layers.Append(manifest.Config))
            {
                using var blob = File.OpenRead(LayoutBlob(folder, part.Digest));
                store.Put(blob, part.MediaType, part.Digest);
            }
        }

        using var content = new MemoryStream(bytes);
        return store.Put(content, entry.MediaType, entry.Digest);
    }

    private List<string> LoadDocker(string folder)
    {
        var named = new List<(ImageReference, OciDescriptor)>();
        foreach (var image in JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(folder, "manifest.json")), ImageJson.Default.DockerManifestEntryArray)!)
        {
            var config = store.Put(File.ReadAllBytes(Inside(folder, image.Config)), OciMediaType.Config);
            var layers = image.Layers.Select(l =>
            {
                using var layer = File.OpenRead(Inside(folder, l));
                return store.Put(layer, OciMediaType.Layer);
            }).ToArray();
            var manifest = store.Put(
                JsonSerializer.SerializeToUtf8Bytes(new OciManifest { MediaType = OciMediaType.Manifest, Config = config, Layers = layers }, ImageJson.Default.OciManifest),
                OciMediaType.Manifest);
            named.AddRange((image.RepoTags ?? []).Select(t => (ImageReference.Parse(t), manifest)));
        }

        return named.Count > 0 ? Tag(named) : throw new CommandFailure("the archive's images have no names (RepoTags)", "save them by name, e.g. docker save nginx:latest");
    }

    private List<string> Tag(List<(ImageReference Name, OciDescriptor Manifest)> named)
    {
        foreach (var (name, manifest) in named)
        {
            store.Tag(name, manifest);
        }

        return [.. named.Select(n => n.Name.ToString())];
    }

    private static string LayoutBlob(string folder, string digest) =>
        digest.Split(':') is [var algorithm, var hex] ? Inside(folder, Path.Combine("blobs", algorithm, hex)) : throw new JsonException($"\"{digest}\" is no digest");

    private static string Inside(string folder, string path)
    {
        var full = Path.GetFullPath(Path.Combine(folder, path));
        return full.StartsWith(folder + "/", StringComparison.Ordinal) ? full : throw new JsonException($"\"{path}\" leaves the archive");
    }
}
