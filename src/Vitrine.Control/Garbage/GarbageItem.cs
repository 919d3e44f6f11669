using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vitrine.Control.Garbage;

/// <summary>Any object, as far as the garbage collector knows it: its metadata.</summary>
internal sealed record GarbageItem
{
    public const string ForegroundFinalizer = "foregroundDeletion";
    public const string OrphanFinalizer = "orphan";

    /// <summary>Where its kind lives.</summary>
    public required GarbageKind Kind { get; init; }

    public string Namespace { get; init; } = "";

    public required string Name { get; init; }

    public required string Uid { get; init; }

    public string ResourceVersion { get; init; } = "";

    public bool Deleting { get; init; }

    public IReadOnlyList<string> Finalizers { get; init; } = [];

    public IReadOnlyList<OwnerEdge> Owners { get; init; } = [];

    /// <summary>It is being deleted and waits for its dependents to go first.</summary>
    public bool InForeground => Deleting && Finalizers.Contains(ForegroundFinalizer);

    /// <summary>It is being deleted and its dependents are to be let go.</summary>
    public bool Orphaning => Deleting && Finalizers.Contains(OrphanFinalizer);

    public string Path => Kind.Of(Namespace, Name);

    public static GarbageItem Read(GarbageKind kind, JsonElement value)
    {
        var meta = value.GetProperty("metadata");
        return new GarbageItem
        {
            Kind = kind,
            Namespace = Text(meta, "namespace"),
            Name = Text(meta, "name"),
            Uid = Text(meta, "uid"),
            ResourceVersion = Text(meta, "resourceVersion"),
            Deleting = Text(meta, "deletionTimestamp").Length > 0,
            Finalizers = meta.TryGetProperty("finalizers", out var finalizers) && finalizers.ValueKind == JsonValueKind.Array ? [.. finalizers.EnumerateArray().Select(f => f.GetString()!)] : [],
            Owners = meta.TryGetProperty("ownerReferences", out var owners) && owners.ValueKind == JsonValueKind.Array ? [.. owners.EnumerateArray().Select(OwnerEdge.Read)] : [],
        };
    }

    private static string Text(JsonElement meta, string name) => meta.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}

/// <summary>One owner reference.</summary>
internal sealed record OwnerEdge(string ApiVersion, string Kind, string Name, string Uid, bool Controls, bool Blocks)
{
    public static OwnerEdge Read(JsonElement reference) => new(
        reference.GetProperty("apiVersion").GetString()!,
        reference.GetProperty("kind").GetString()!,
        reference.GetProperty("name").GetString()!,
        reference.GetProperty("uid").GetString()!,
        Flag(reference, "controller"),
        Flag(reference, "blockOwnerDeletion"));

    public JsonObject Write()
    {
        var reference = new JsonObject { ["apiVersion"] = ApiVersion, ["kind"] = Kind, ["name"] = Name, ["uid"] = Uid };
        if (Controls)
        {
            reference["controller"] = true;
        }

        if (Blocks)
        {
            reference["blockOwnerDeletion"] = true;
        }

        return reference;
    }

    private static bool Flag(JsonElement reference, string name) => reference.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
}
