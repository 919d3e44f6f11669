using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Kinds;

namespace Vitrine.ApiServer.Verbs;

/// <summary>The parts of metadata the server fills in or keeps (k8s.io/apiserver/pkg/registry/rest: BeforeCreate, BeforeUpdate).</summary>
internal static class ObjectMeta
{
    // No vowels and no look-alikes, so that no generated name spells anything (k8s.io/apimachinery/pkg/util/rand).
    private const string SuffixAlphabet = "bcdfghjklmnpqrstvwxz2456789";
    private const int GeneratedPrefix = 58;

    public static JsonObject Of(JsonObject value)
    {
        if (value["metadata"] is JsonObject metadata)
        {
            return metadata;
        }

        JsonObject created = [];
        value["metadata"] = created;
        return created;
    }

    public static string Text(JsonObject metadata, string field) =>
        metadata[field] is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    public static bool HasFinalizers(JsonObject metadata) => metadata["finalizers"] is JsonArray { Count: > 0 };

    public static bool IsDeleting(JsonObject metadata) => metadata["deletionTimestamp"] is not null;

    public static long? Number(JsonObject metadata, string field) =>
        metadata[field] is JsonValue value && value.TryGetValue(out long number) ? number : null;

    /// <summary>RFC 3339, whole seconds, UTC: metav1.Time.</summary>
    public static string Timestamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static void PrepareCreate(ApiRequest request, JsonObject value)
    {
        JsonObject metadata = Of(value);
        OmitEmpty(metadata);
        SetNamespace(request, metadata);
        if (Text(metadata, "resourceVersion").Length > 0)
        {
            throw ApiErrors.BadRequest("resourceVersion should not be set on objects to be created");
        }

        foreach (string field in (ReadOnlySpan<string>)["resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "managedFields", "generation"])
        {
            metadata.Remove(field);
        }

        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = Timestamp(request.Api.Time.GetUtcNow());
        if (request.Kind.StartsGeneration)
        {
            metadata["generation"] = 1;
        }
    }

    /// <summary>A fresh name from generateName; false when the object brings its own name.</summary>
    public static bool GenerateName(JsonObject metadata, string? given)
    {
        string prefix = Text(metadata, "generateName");
        if (!string.IsNullOrEmpty(given) || prefix.Length == 0)
        {
            return false;
        }

        metadata["name"] = prefix[..Math.Min(prefix.Length, GeneratedPrefix)] + RandomNumberGenerator.GetString(SuffixAlphabet, 5);
        return true;
    }

    /// <summary>Checks name, namespace and uid against the stored object and keeps what a client cannot change.</summary>
    public static void PrepareUpdate(ApiRequest request, JsonObject value, JsonObject old)
    {
        JsonObject metadata = Of(value);
        OmitEmpty(metadata);
        JsonObject before = Of(old);
        string name = Text(metadata, "name");
        if (name.Length == 0)
        {
            metadata["name"] = request.Name;
        }
        else if (name != request.Name)
        {
            throw ApiErrors.BadRequest($"the name of the object ({name}) does not match the name on the URL ({request.Name})");
        }

        SetNamespace(request, metadata);
        string uid = Text(metadata, "uid");
        if (uid.Length > 0 && uid != Text(before, "uid"))
        {
            throw ApiErrors.Conflict(request.Kind, request.Name, $"StorageError: invalid object, Code: 4, AdditionalErrorMsg: Precondition failed: UID in precondition: {uid}, UID in object meta: {Text(before, "uid")}");
        }

        foreach (string field in (ReadOnlySpan<string>)["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "generateName"])
        {
            Keep(metadata, before, field);
        }

        metadata.Remove("selfLink");
        metadata.Remove("managedFields");
    }

    public static void Keep(JsonObject into, JsonObject from, string field)
    {
        if (from[field] is { } kept)
        {
            into[field] = kept.DeepClone();
        }
        else
        {
            into.Remove(field);
        }
    }

    private static void SetNamespace(ApiRequest request, JsonObject metadata)
    {
        if (!request.Kind.Namespaced)
        {
            metadata.Remove("namespace");
            return;
        }

        string ns = Text(metadata, "namespace");
        if (ns.Length > 0 && ns != request.Namespace)
        {
            throw ApiErrors.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        }

        metadata["namespace"] = request.Namespace;
    }

    // Upstream's type says omitempty of each of them.
    private static void OmitEmpty(JsonObject metadata)
    {
        foreach (string field in (ReadOnlySpan<string>)["labels", "annotations", "ownerReferences", "finalizers"])
        {
            if (metadata[field] is JsonArray { Count: 0 } or JsonObject { Count: 0 })
            {
                metadata.Remove(field);
            }
        }
    }
}
