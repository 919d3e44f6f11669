using System.Text.Json.Nodes;
using Vitrine.ApiServer.Admission;
using Vitrine.ApiServer.Definitions;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Schema;
using Vitrine.ApiServer.Store;
using Vitrine.ApiServer.Table;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.Kinds;

/// <summary>
/// Everything the API server knows of one resource. Adding a kind is one of these in <see cref="KindList"/>:
/// routes, discovery, OpenAPI, defaulting, validation and table columns all follow from it.
/// </summary>
internal sealed record Kind
{
    /// <summary>API group, "" for core.</summary>
    public required string Group { get; init; }

    /// <summary>API version, e.g. "v1".</summary>
    public required string Version { get; init; }

    /// <summary>Kind as in manifests, e.g. "ConfigMap".</summary>
    public required string Name { get; init; }

    /// <summary>Resource name in URLs, e.g. "configmaps".</summary>
    public required string Plural { get; init; }

    /// <summary>e.g. "configmap".</summary>
    public required string Singular { get; init; }

    public required bool Namespaced { get; init; }

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Subresource names served, e.g. "status", "log", "exec", "binding".</summary>
    public IReadOnlyList<string> Subresources { get; init; } = [];

    /// <summary>As discovery and OpenAPI list them.</summary>
    public IReadOnlyList<string> Verbs { get; init; } =
        ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    /// <summary>Answers a POST of a kind that is asked and never stored; null for the others.</summary>
    public Func<ApiRequest, Task>? Review { get; init; }

    /// <summary>True for what is asked of the nodes' agents when somebody reads it, and stored nowhere.</summary>
    public bool IsMeasured { get; init; }

    /// <summary>True when metadata.name is a DNS label (RFC 1123) rather than a subdomain.</summary>
    public bool NameIsLabel { get; init; }

    /// <summary>True when metadata.name is whatever can be a segment of a URL's path, as "system:node".</summary>
    public bool NameIsSegment { get; init; }

    /// <summary>What <c>kubectl get</c> prints.</summary>
    public TableLayout Table { get; init; } = TableLayout.NameAndAge;

    /// <summary>Name of the schema in the OpenAPI document, e.g. "io.k8s.api.core.v1.ConfigMap".</summary>
    public required string Schema { get; init; }

    /// <summary>What a definition says of a custom kind; null for those this server is built with.</summary>
    public CustomKind? Custom { get; init; }

    /// <summary>Set where its objects are those of another kind; null where they are its own.</summary>
    public OtherForm? Form { get; init; }

    /// <summary>The type of its objects, down to every field.</summary>
    public SchemaType Type => Custom?.Type ?? SchemaSet.Get(Schema);

    /// <summary>Fills in defaults as upstream documents them; runs on create and update, after decoding.</summary>
    public Action<JsonObject> Default { get; init; } = static _ => { };

    /// <summary>Adds a cause per invalid field; <c>old</c> is null on create. Metadata is validated elsewhere.</summary>
    public Action<JsonObject, JsonObject?, List<FieldCause>> Validate { get; init; } = static (_, _, _) => { };

    /// <summary>What the server writes into a new object before defaulting, once it has its name and uid; also admission, which may refuse it.</summary>
    public Action<AdmissionRequest, JsonObject> Prepare { get; init; } = static (_, _) => { };

    /// <summary>The same for an update: request, scope, new and old object. Runs before defaulting.</summary>
    public Action<AdmissionRequest, UpdateScope, JsonObject, JsonObject> PrepareUpdate { get; init; } = static (_, _, _, _) => { };

    /// <summary>
    /// Gives a new or changed object, defaulted and valid, what the server hands out. Runs again on a newer state when the
    /// writer finds that another object was given the same. Request, new, old (null on create).
    /// </summary>
    public Action<AdmissionRequest, JsonObject, JsonObject?> Allocate { get; init; } = static (_, _, _) => { };

    /// <summary>What an object has and no other of its kind may have, e.g. an address; null for kinds without such things.</summary>
    public Func<JsonObject, IReadOnlyList<string>>? Claims { get; init; }

    /// <summary>True when metadata.generation counts changes of spec (kinds with a status subresource).</summary>
    public bool CountsGeneration { get; init; }

    /// <summary>True when metadata.generation is 1 from the start, whether or not anything counts it up.</summary>
    public bool StartsGeneration { get => field || CountsGeneration; init; }

    /// <summary>True when a changed annotation is a new generation, too: a Deployment's tell its controller what to do.</summary>
    public bool AnnotationsCount { get; init; }

    /// <summary>False when nothing can be owned by an object of this kind, so that deletion never asks what becomes of dependents.</summary>
    public bool HasDependents { get; init; } = true;

    /// <summary>True when dependents survive a deletion that does not say what becomes of them: the oldest kinds promised that.</summary>
    public bool Orphans { get; init; }

    /// <summary>Label of a field selector → its value in an object, besides metadata.name and metadata.namespace.</summary>
    public IReadOnlyDictionary<string, Func<JsonObject, string>> SelectableFields { get; init; } =
        new Dictionary<string, Func<JsonObject, string>>();

    /// <summary>An object of this kind as the store takes it.</summary>
    /// <param name="managedFields">JSON of metadata.managedFields, where the object does not have it itself.</param>
    public ObjectPayload Payload(JsonObject value, byte[]? managedFields = null)
    {
        if (Form is null)
        {
            return ObjectPayload.From(value, managedFields);
        }

        if (managedFields is not null)
        {
            value = value.DeepClone().AsObject();
            ObjectMeta.Of(value)["managedFields"] = JsonNode.Parse(managedFields);
        }

        return ObjectPayload.From(Form.Stored(value));
    }

    public IReadOnlyList<string> ClaimsOf(ReadOnlySpan<byte> json) => Claims?.Invoke(JsonNode.Parse(json)!.AsObject()) ?? [];

    /// <summary>"v1" or "group/v1".</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>"pods" or "leases.coordination.k8s.io", as error messages name it.</summary>
    public string QualifiedPlural => Group.Length == 0 ? Plural : $"{Plural}.{Group}";
}
