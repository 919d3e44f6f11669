using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;

namespace Vitrine.ApiServer.Store;

/// <summary>One version of one object: what was written, as it is sent to clients.</summary>
internal sealed class StoredObject(string ns, string name, long revision, byte[] json, int revisionAt)
{
    // As deep as a request's body may be.
    private static readonly JsonDocumentOptions s_deep = new() { MaxDepth = Objects.JsonTree.MaxDepth + 1 };

    private IReadOnlyDictionary<string, string>? _labels;
    private Tuple<Kind, IReadOnlyDictionary<string, string>>? _fields;
    private Tuple<Kind, StoredObject>? _view;
    private bool? _deleting;

    /// <summary>"" for cluster-scoped kinds.</summary>
    public string Namespace { get; } = ns;

    public string Name { get; } = name;

    /// <summary>The revision that wrote this version; metadata.resourceVersion in <see cref="Json"/>.</summary>
    public long Revision { get; } = revision;

    /// <summary>UTF-8 JSON; never changed after construction.</summary>
    public byte[] Json { get; } = json;

    /// <summary>Offset of the digits of metadata.resourceVersion in <see cref="Json"/>.</summary>
    public int RevisionAt { get; } = revisionAt;

    /// <summary>What no two objects of the kind may have (<see cref="Kind.Claims"/>).</summary>
    public IReadOnlyList<string> Claims { get; init; } = [];

    /// <summary>metadata.labels, read once on first use.</summary>
    public IReadOnlyDictionary<string, string> Labels => _labels ??= StoredMetadata.Labels(Json);

    /// <summary>True when metadata.deletionTimestamp is set.</summary>
    public bool IsDeleting => _deleting ??= StoredMetadata.IsDeleting(Json);

    /// <summary>A fresh mutable tree of this version.</summary>
    public JsonObject Parse() => JsonNode.Parse(Json, documentOptions: s_deep)!.AsObject();

    /// <summary>The object as a kind shows it: itself, but for custom resources, which may be stored at another version and by an older schema, and for a kind that is another form. Worked out once.</summary>
    public StoredObject As(Kind kind)
    {
        if (kind is { Custom: null, Form: null })
        {
            return this;
        }

        if (_view is { } known && ReferenceEquals(known.Item1, kind))
        {
            return known.Item2;
        }

        StoredObject view = kind.Custom?.View(this) ?? kind.Form!.View(this);
        _view = Tuple.Create(kind, view);
        return view;
    }

    /// <summary>The same content under another resourceVersion: a deletion carries the last state at the deletion's own revision.</summary>
    public StoredObject At(long revision) =>
        new(Namespace, Name, revision, ObjectPayload.Splice(Json, RevisionAt, Digits(Revision), revision), RevisionAt) { Claims = Claims };

    /// <summary>The values field selectors can ask for, extracted once: a watcher's selector is evaluated on every event.</summary>
    public IReadOnlyDictionary<string, string> Fields(Kind kind)
    {
        if (_fields is { } known && ReferenceEquals(known.Item1, kind))
        {
            return known.Item2;
        }

        Dictionary<string, string> fields = new(StringComparer.Ordinal) { ["metadata.name"] = Name };
        if (kind.Namespaced)
        {
            fields["metadata.namespace"] = Namespace;
        }

        if (kind.SelectableFields.Count > 0)
        {
            JsonObject tree = As(kind).Parse();
            foreach ((string label, Func<JsonObject, string> read) in kind.SelectableFields)
            {
                fields[label] = read(tree);
            }
        }

        _fields = Tuple.Create(kind, (IReadOnlyDictionary<string, string>)fields);
        return fields;
    }

    private static int Digits(long value)
    {
        int digits = 1;
        while ((value /= 10) > 0)
        {
            digits++;
        }

        return digits;
    }
}
