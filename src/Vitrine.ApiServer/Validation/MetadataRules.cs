using System.Text;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>Rules for metadata of every kind. Source: k8s.io/apimachinery pkg/api/validation/objectmeta.go.</summary>
internal static class MetadataRules
{
    private const int MaxAnnotationBytes = 256 * 1024;

    public static void Check(Kind kind, JsonObject obj, JsonObject? old, List<FieldCause> causes)
    {
        var metadata = obj.Object("metadata") ?? [];
        Name(kind, metadata, causes);
        if (kind.Namespaced)
        {
            if (causes.Require(metadata, "metadata", "namespace"))
            {
                causes.Named("metadata.namespace", metadata.Text("namespace"), Names.Label);
            }
        }
        else if (metadata.Text("namespace").Length > 0)
        {
            causes.Add(Cause.Forbidden("metadata.namespace", "not allowed on this type"));
        }
        causes.AtLeastZero(metadata, "metadata", "generation");
        causes.Labels(metadata.Object("labels"), "metadata.labels");
        Annotations(metadata.Object("annotations"), "metadata.annotations", causes);
        Owners(metadata, causes);
        foreach (var finalizer in metadata.Array("finalizers") ?? [])
        {
            causes.Named("metadata.finalizers", finalizer.AsText() ?? "", Names.Qualified);
        }
        if (metadata.Array("finalizers") is { } finalizers && Holds(finalizers, "orphan") && Holds(finalizers, "foregroundDeletion"))
        {
            causes.Add(Cause.Invalid("metadata.finalizers", finalizers, "finalizer orphan and foregroundDeletion cannot be both set"));
        }
        if (old.Object("metadata") is { } before)
        {
            Update(metadata, before, causes);
        }
    }

    private static void Name(Kind kind, JsonObject metadata, List<FieldCause> causes)
    {
        Func<string, IEnumerable<string>> syntax = kind.NameIsLabel ? Names.Label : kind.NameIsSegment ? Names.Segment : Names.Subdomain;
        var (name, prefix) = (metadata.Text("name"), metadata.Text("generateName"));
        if (prefix.Length > 0)
        {
            // Only the random suffix that follows makes a prefix a name: a trailing dash is fine.
            var whole = prefix.EndsWith('-') ? prefix[..^1] + "a" : prefix;
            foreach (var fault in syntax(whole))
            {
                causes.Add(Cause.Invalid("metadata.generateName", prefix, fault));
            }
        }
        if (name.Length == 0)
        {
            causes.Add(Cause.Required("metadata.name", "name or generateName is required"));
        }
        else
        {
            causes.Named("metadata.name", name, syntax);
        }
    }

    public static void Annotations(JsonObject? annotations, string path, List<FieldCause> causes)
    {
        var size = 0;
        foreach (var (key, value) in annotations ?? [])
        {
            // Annotation keys may use capitals in the prefix, for the sake of old clients.
            foreach (var fault in Names.Qualified(key.ToLowerInvariant()))
            {
                causes.Add(Cause.Invalid(path, key, fault));
            }
            size += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value.AsText() ?? "");
        }
        if (size > MaxAnnotationBytes)
        {
            causes.Add(Cause.TooLong(path, MaxAnnotationBytes));
        }
    }

    private static void Owners(JsonObject metadata, List<FieldCause> causes)
    {
        string? controller = null;
        var index = 0;
        foreach (var owner in metadata.Objects("ownerReferences"))
        {
            var path = $"metadata.ownerReferences[{index++}]";
            foreach (var field in (ReadOnlySpan<string>)["apiVersion", "kind", "name", "uid"])
            {
                if (owner.Text(field).Length == 0)
                {
                    causes.Add(Cause.Invalid($"{path}.{field}", "", field == "apiVersion" ? "version must not be empty" : "must not be empty"));
                }
            }
            if (owner.Text("kind") == "Event" && owner.Text("apiVersion") == "v1")
            {
                causes.Add(Cause.Invalid(path, owner, "/v1, Kind=Event is disallowed from being an owner"));
            }
            if (!owner.Flag("controller"))
            {
                continue;
            }
            if (controller is not null)
            {
                causes.Add(Cause.Invalid("metadata.ownerReferences", metadata["ownerReferences"],
                    $"Only one reference can have Controller set to true. Found \"true\" in references for {controller} and {owner.Text("name")}"));
            }
            controller = owner.Text("name");
        }
    }

    private static bool Holds(JsonArray texts, string text) => texts.Any(entry => entry.AsText() == text);

    private static void Update(JsonObject metadata, JsonObject before, List<FieldCause> causes)
    {
        foreach (var field in (ReadOnlySpan<string>)["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp"])
        {
            causes.Unchanged(metadata, before, "metadata", field);
        }
        if (!before.Has("deletionTimestamp"))
        {
            return;
        }
        var known = (before.Array("finalizers") ?? []).Select(f => f.AsText()).ToHashSet();
        var added = (metadata.Array("finalizers") ?? []).Select(f => f.AsText()).Where(f => !known.Contains(f)).ToArray();
        if (added.Length > 0)
        {
            causes.Add(Cause.Forbidden("metadata.finalizers",
                "no new finalizers can be added if the object is being deleted, found new finalizers []string{" + string.Join(", ", added.Select(f => Cause.Quote(f ?? ""))) + "}"));
        }
    }
}
