using System.Security.Cryptography;
using System.Text.Json;
using Vitrine.Linux.Interop;

namespace Vitrine.Images;

/// <summary>
/// The machine's images: one OCI image layout (image-spec "image-layout.md") that every cluster's mirror serves.
/// Blobs are content-addressed and written by rename; index.json is replaced whole under a lock.
/// </summary>
internal sealed class ImageStore(string folder)
{
    /// <summary>Annotation by which containerd and we name an image in a layout.</summary>
    public const string NameAnnotation = "io.containerd.image.name";

    /// <summary>Annotation that holds what the image was built from, so that an unchanged recipe is not built again.</summary>
    public const string SourceAnnotation = "dev.vitrine.source";

    private string IndexFile => Path.Combine(folder, "index.json");

    /// <summary>Every image by full reference.</summary>
    public IReadOnlyDictionary<string, OciDescriptor> List()
    {
        if (!File.Exists(IndexFile))
        {
            return new Dictionary<string, OciDescriptor>();
        }

        var index = JsonSerializer.Deserialize(File.ReadAllBytes(IndexFile), ImageJson.Default.OciIndex)!;
        return index.Manifests
            .Where(m => m.Annotations?.ContainsKey(NameAnnotation) == true)
            .GroupBy(m => m.Annotations![NameAnnotation])
            .ToDictionary(g => g.Key, g => g.Last());
    }

    /// <summary>Path of a blob, or null when it is not here. The digest must be "sha256:" and 64 hex digits.</summary>
    public string? Blob(string digest)
    {
        if (!IsDigest(digest))
        {
            return null;
        }

        var path = BlobPath(digest);
        return File.Exists(path) ? path : null;
    }

    public OciManifest ReadManifest(string digest) =>
        JsonSerializer.Deserialize(File.ReadAllBytes(BlobPath(digest)), ImageJson.Default.OciManifest)!;

    /// <summary>Stores bytes; returns their descriptor.</summary>
    public OciDescriptor Put(byte[] content, string mediaType)
    {
        var digest = $"sha256:{Convert.ToHexStringLower(SHA256.HashData(content))}";
        Place(digest, path => File.WriteAllBytes(path, content));
        return new OciDescriptor { MediaType = mediaType, Digest = digest, Size = content.LongLength };
    }

    /// <summary>Stores what a stream holds; refuses content whose digest is not the expected one.</summary>
    public OciDescriptor Put(Stream content, string mediaType, string? expected = null)
    {
        Directory.CreateDirectory(folder);
        var draft = Path.Combine(folder, $".draft-{Guid.NewGuid():n}");
        try
        {
            string digest;
            long size;
            using (var file = File.Create(draft))
            using (var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256))
            {
                var buffer = new byte[1 << 20];
                for (int n; (n = content.Read(buffer)) > 0;)
                {
                    hash.AppendData(buffer, 0, n);
                    file.Write(buffer, 0, n);
                }

                digest = $"sha256:{Convert.ToHexStringLower(hash.GetHashAndReset())}";
                size = file.Length;
            }

            if (expected is not null && expected != digest)
            {
                throw new CommandFailure($"a blob of the archive says {expected} but its content is {digest}", "the archive is damaged; make it again");
            }

            Place(digest, path => File.Move(draft, path, overwrite: true));
            return new OciDescriptor { MediaType = mediaType, Digest = digest, Size = size };
        }
        finally
        {
            File.Delete(draft);
        }
    }

    /// <summary>Gives a stored manifest a name; replaces what had the name before.</summary>
    public void Tag(ImageReference name, OciDescriptor manifest, string? source = null)
    {
        Directory.CreateDirectory(folder);
        using var alone = FileLock.Acquire(Path.Combine(folder, ".lock"));
        // Both names: containerd's, and the specification's own, by which other tools read the layout.
        var annotations = new Dictionary<string, string> { [NameAnnotation] = name.ToString(), ["org.opencontainers.image.ref.name"] = name.ToString() };
        if (source is not null)
        {
            annotations[SourceAnnotation] = source;
        }

        var images = List().Where(i => i.Key != name.ToString()).Select(i => i.Value)
            .Append(manifest with { Annotations = annotations })
            .OrderBy(m => m.Annotations![NameAnnotation], StringComparer.Ordinal).ToArray();
        File.WriteAllText(Path.Combine(folder, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        var draft = IndexFile + ".draft";
        File.WriteAllBytes(draft, JsonSerializer.SerializeToUtf8Bytes(
            new OciIndex { MediaType = OciMediaType.Index, Manifests = images }, ImageJson.Default.OciIndex));
        File.Move(draft, IndexFile, overwrite: true);
    }

    /// <summary>The digests of everything an image consists of, below its manifest; null where a blob is missing.</summary>
    public IReadOnlyList<string>? Closure(OciDescriptor manifest)
    {
        if (Blob(manifest.Digest) is null)
        {
            return null;
        }

        var read = ReadManifest(manifest.Digest);
        var parts = read.Layers.Select(l => l.Digest).Append(read.Config.Digest).ToArray();
        return parts.All(p => Blob(p) is not null) ? parts : null;
    }

    private static bool IsDigest(string digest) =>
        digest.Length == 71 && digest.StartsWith("sha256:", StringComparison.Ordinal) && digest.AsSpan(7).IndexOfAnyExcept("0123456789abcdef") < 0;

    private string BlobPath(string digest) => Path.Combine(folder, "blobs", "sha256", digest[7..]);

    private void Place(string digest, Action<string> write)
    {
        var path = BlobPath(digest);
        if (File.Exists(path))
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var draft = $"{path}.{Guid.NewGuid():n}";
        write(draft);
        File.Move(draft, path, overwrite: true);
    }
}
