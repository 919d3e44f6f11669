using System.Globalization;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Admission;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Kinds;

namespace Vitrine.ApiServer.Verbs;

/// <summary>The parts of metadata the server fills in or keeps (k8s.io/apiserver/pkg/registry/rest: BeforeCreate, BeforeUpdate).</summary>
internal static class ObjectMeta
{
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

    public static void PrepareCreate(AdmissionRequest request, JsonObject value)
    {
        JsonObject metadata = Of(value);
        OmitEmpty(metadata);
        SetNamespace(request.Kind, request.Namespace, metadata);
        if (Text(metadata, "resourceVersion").Length > 0)
        {
            throw ApiErrors.BadRequest("resourceVersion should not be set on objects to be created");
        }

        foreach (string field in (ReadOnlySpan<string>)["resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "managedFields", "generation"])
        {
            metadata.Remove(field);
        }

        metadata["uid"] = request.Chance.Uid().ToString();
        metadata["creationTimestamp"] = Timestamp(request.Now);
        if (request.Kind.StartsGeneration)
        {
            metadata["generation"] = 1;
        }
    }

    /// <summary>A fresh name from generateName, for an object that brings no name of its own.</summary>
    public static void GenerateName(JsonObject metadata, Chance chance)
    {
        string prefix = Text(metadata, "generateName");
        if (Text(metadata, "name").Length == 0 && prefix.Length > 0)
        {
            metadata["name"] = prefix[..Math.Min(prefix.Length, GeneratedPrefix)] + chance.Suffix();
        }
    }

    /// <summary>Throws a 400 when the object names another than the request does.</summary>
    public static void CheckName(ApiRequest request, JsonObject metadata)
    {
        string name = Text(metadata, "name");
        if (name.Length > 0 && name != request.Name)
        {
            throw ApiErrors.BadRequest($"the name of the object ({name}) does not match the name on the URL ({request.Name})");
        }
    }

    /// <summary>Checks namespace and uid against the stored object and keeps what a client cannot change.</summary>
    public static void PrepareUpdate(ApiRequest request, JsonObject value, JsonObject old)
    {
        JsonObject metadata = Of(value);
        OmitEmpty(metadata);
        JsonObject before = Of(old);
        metadata["name"] = request.Name;
        SetNamespace(request.Kind, request.Namespace, metadata);
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

    private static void SetNamespace(Kind kind, string space, JsonObject metadata)
    {
        if (!kind.Namespaced)
        {
            metadata.Remove("namespace");
            return;
        }

        string ns = Text(metadata, "namespace");
        if (ns.Length > 0 && ns != space)
        {
            throw ApiErrors.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        }

        metadata["namespace"] = space;
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
