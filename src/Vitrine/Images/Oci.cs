using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vitrine.Images;

/// <summary>OCI image-spec 1.1 media types this store writes and reads.</summary>
internal static class OciMediaType
{
    public const string Index = "application/vnd.oci.image.index.v1+json";
    public const string Manifest = "application/vnd.oci.image.manifest.v1+json";
    public const string Config = "application/vnd.oci.image.config.v1+json";
    public const string Layer = "application/vnd.oci.image.layer.v1.tar";
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    public const string DockerManifestList = "application/vnd.docker.distribution.manifest.list.v2+json";
}

/// <summary>A content descriptor: digest "sha256:HEX", size in bytes.</summary>
internal sealed record OciDescriptor
{
    public required string MediaType { get; init; }

    public required string Digest { get; init; }

    public required long Size { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    public OciPlatform? Platform { get; init; }
}

internal sealed record OciPlatform(string Architecture, string Os);

/// <summary>index.json of a layout, or an image index.</summary>
internal sealed record OciIndex
{
    public int SchemaVersion { get; init; } = 2;

    public string? MediaType { get; init; }

    public required IReadOnlyList<OciDescriptor> Manifests { get; init; }
}

internal sealed record OciManifest
{
    public int SchemaVersion { get; init; } = 2;

    public string? MediaType { get; init; }

    public required OciDescriptor Config { get; init; }

    public required IReadOnlyList<OciDescriptor> Layers { get; init; }
}

internal sealed record OciImageConfig
{
    public required string Architecture { get; init; }

    public required string Os { get; init; }

    public JsonElement? Config { get; init; }

    public required OciRootfs Rootfs { get; init; }
}

internal sealed record OciRootfs(string Type, [property: JsonPropertyName("diff_ids")] IReadOnlyList<string> DiffIds);

/// <summary>One image of a `docker save` archive's manifest.json.</summary>
internal sealed record DockerManifestEntry
{
    [JsonPropertyName("Config")]
    public required string Config { get; init; }

    [JsonPropertyName("RepoTags")]
    public IReadOnlyList<string>? RepoTags { get; init; }

    [JsonPropertyName("Layers")]
    public required IReadOnlyList<string> Layers { get; init; }
}
