using System.Text.Json.Nodes;
using Vitrine.ApiServer.Access;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.ManagedFields;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Verbs;

/// <summary>PATCH with an apply configuration: makes the object where there is none, else changes what is the manager's (KEP-555).</summary>
internal static class ApplyVerb
{
    public const string MediaType = "application/apply-patch+yaml";

    // Each turn is lost to somebody who created or deleted the very object in between.
    private const int Attempts = 5;

    public static bool Is(ApiRequest request) => ObjectDecoder.MediaType(request.Http.Request.ContentType) == MediaType;

    /// <summary>Throws a 422: only an apply can be forced.</summary>
    public static void RefuseForce(ApiRequest request)
    {
        if (request.Query("force") is not null)
        {
            const string Why = "Forbidden: may not be specified for non-apply patch";
            throw new ApiException(422, "Invalid", $"PatchOptions.meta.k8s.io \"\" is invalid: force: {Why}")
            {
                Group = "meta.k8s.io",
                ObjectKind = "PatchOptions",
                Causes = [new FieldCause("FieldValueForbidden", "force", Why)],
            };
        }
    }

    public static async Task RunAsync(ApiRequest request, UpdateScope scope)
    {
        FieldManager manager = ManagerOf(request);
        JsonObject config = Decode(request, request.Kind, await RequestBody.ReadAsync(request.Http));
        ApplyPatch patch = new(request.Kind, scope, manager, config, request.Flag("force"));
        for (int attempt = 1; ; attempt++)
        {
            bool missing = scope == UpdateScope.Main && request.Store.Find(request.Kind, request.Namespace, request.Name) is null;
            try
            {
                StoredObject stored = missing ? await CreateAsync(request, patch) : await ObjectChange.ApplyAsync(request, scope, current => Produce(request, patch, current), applied: true);
                await Answer.ObjectAsync(request, missing ? 201 : 200, stored);
                return;
            }
            catch (ApiException lost) when (attempt < Attempts && scope == UpdateScope.Main && lost.Reason == (missing ? "AlreadyExists" : "NotFound"))
            {
            }
        }
    }

    public static FieldManager ManagerOf(ApiRequest request) => new(FieldManagerName.Required(request), true, request.Kind.ApiVersion, request.Path.Subresource ?? "");

    /// <summary>A configuration names its type and holds no field that the schema does not have, whatever fieldValidation says of others.</summary>
    public static JsonObject Decode(ApiRequest request, Kind kind, ReadOnlyMemory<byte> body)
    {
        List<string> faults = [];
        FieldValidation validation = request.Validation;
        JsonObject config = ObjectDecoder.DecodeTyped(body, "application/yaml", kind, validation == FieldValidation.Strict ? FieldValidation.Strict : FieldValidation.Warn, faults);
        const string Unknown = "unknown field \"";
        if (faults.FirstOrDefault(static fault => fault.StartsWith(Unknown, StringComparison.Ordinal)) is { } fault)
        {
            throw Untyped(request, kind, $".{fault[Unknown.Length..^1]}: field not declared in schema");
        }

        if (ObjectMeta.Of(config)["managedFields"] is not null)
        {
            throw ApiErrors.BadRequest("metadata.managedFields must be nil");
        }

        if (ConfigCheck.Fault(config, FieldOwnership.ShapeOf(kind)) is { } untold)
        {
            throw Untyped(request, kind, untold);
        }

        if (validation == FieldValidation.Warn)
        {
            request.Warnings.AddRange(faults);
        }

        return config;
    }

    private static JsonObject Produce(ApiRequest request, ApplyPatch patch, JsonObject current)
    {
        JsonObject value = patch.To(current, request.Timestamp);
        // Only what the configuration asks for is a precondition.
        ObjectMeta.Of(value)["resourceVersion"] = ObjectMeta.Text(ObjectMeta.Of(patch.Config), "resourceVersion");
        return value;
    }

    private static Task<StoredObject> CreateAsync(ApiRequest request, ApplyPatch patch)
    {
        JsonObject metadata = ObjectMeta.Of(patch.Config);
        if (ObjectMeta.Text(metadata, "uid") is { Length: > 0 } uid)
        {
            throw ApiErrors.Conflict(request.Kind, request.Name, $"uid mismatch: the provided object specified uid {uid}, and no existing object was found");
        }

        ObjectMeta.CheckName(request, metadata);
        // Whoever may only patch does not make what was not there.
        request.Api.Access.Require(new AccessQuestion(request.User, "create", request.Kind.Group, request.Kind.Plural) { Namespace = request.Namespace, Name = request.Name });
        JsonObject value = patch.To(null, request.Timestamp);
        ObjectMeta.Of(value)["name"] = request.Name;
        byte[]? managed = JsonText.Bytes(ObjectMeta.Of(value)["managedFields"]);
        return CreateVerb.StoreAsync(request, value, _ => managed);
    }

    private static ApiException Untyped(ApiRequest request, Kind kind, string why) => ApiErrors.BadRequest(
        $"failed to create typed patch object ({request.Namespace}/{request.Name}; {kind.ApiVersion}, Kind={kind.Name}): {why}");
}
