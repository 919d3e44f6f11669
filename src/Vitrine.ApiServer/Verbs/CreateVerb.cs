using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.ManagedFields;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Quotas;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Verbs;

/// <summary>POST: 1. decode, 2. fill in, 3. validate, 4. write if the name is free and the namespace lives.</summary>
internal static class CreateVerb
{
    // As upstream's GenerateName retries.
    private const int NameAttempts = 8;

    public static async Task RunAsync(ApiRequest request)
    {
        ReadOnlyMemory<byte> body = await RequestBody.ReadAsync(request.Http);
        FieldManager manager = request.Manager;

        // 1. decode
        JsonObject sent = ObjectDecoder.Decode(body, request.Http.Request.ContentType, request.Kind, request.Validation, request.Warnings);
        string now = request.Timestamp;
        await Answer.ObjectAsync(request, 201, await StoreAsync(request, sent, value => FieldOwnership.First(manager, request.Kind, value, now)));
    }

    /// <summary>The rest, for an object that came in another way.</summary>
    /// <param name="manage">Its managers as JSON, once it has its defaults but nothing yet that the server gives it.</param>
    public static async Task<StoredObject> StoreAsync(ApiRequest request, JsonObject value, Func<JsonObject, byte[]?> manage)
    {
        bool dryRun = request.DryRun;

        // 2. fill in
        request.Kind.Default(value);
        byte[]? managed = manage(value);
        NewObject.Prepare(request.Admission, value);
        bool generated = NewObject.IsUnnamed(value);
        JsonObject? unnamed = generated ? value.DeepClone().AsObject() : null;
        for (int attempt = 1; ; attempt++)
        {
            // 3. validate
            string name = NewObject.Complete(request.Admission, value);

            // 4. write
            WriteOutcome outcome = await WriteAsync(request, name, value, managed, dryRun);
            while (outcome.Taken is not null)
            {
                outcome = await WriteAsync(request, name, value, managed, dryRun);
            }

            if (outcome is { Written: true, Object: { } stored })
            {
                return stored;
            }

            if (!generated || attempt == NameAttempts)
            {
                throw ApiErrors.AlreadyExists(request.Kind, name);
            }

            // What was filled in may name the name that was taken.
            value = unnamed!.DeepClone().AsObject();
        }
    }

    /// <summary>Refuses objects for namespaces that are absent or on their way out.</summary>
    public static ApiException? CheckNamespace(Kind kind, string name, string ns, Kind namespaces, StoredObject? found)
    {
        if (found is null)
        {
            return ApiErrors.NotFound(namespaces, ns);
        }

        string why = $"namespace {ns} is being terminated";
        return !found.IsDeleting
            ? null
            : ApiErrors.Forbidden(kind, name, $"unable to create new content in namespace {ns} because it is being terminated", new FieldCause("NamespaceTerminating", "metadata.namespace", why));
    }

    /// <summary>Refuses objects of a kind whose definition is on its way out: they would outlive it.</summary>
    private static ApiException? CheckDefinition(StoredObject? found) => found is null ? ApiErrors.UnknownPath()
        : found.IsDeleting ? new ApiException(405, "MethodNotAllowed", "create not allowed while custom resource definition is terminating")
        : null;

    private static Task<WriteOutcome> WriteAsync(ApiRequest request, string name, JsonObject value, byte[]? managed, bool dryRun)
    {
        if (request.Kind.Claims is not null)
        {
            // A copy: what was handed out here is not to be taken for a wish when it has to be handed out again.
            value = value.DeepClone().AsObject();
            request.Kind.Allocate(request.Admission, value, null);
        }

        ObjectPayload payload = request.Kind.Payload(value, managed);
        Func<Func<int, string, string, StoredObject?>, ApiException?>? guard = null;
        if (request.Kind.Namespaced && request.Api.Namespaces is { } namespaces)
        {
            int index = request.Store.IndexOf(namespaces);
            guard = find => CheckNamespace(request.Kind, name, request.Namespace, namespaces, find(index, "", request.Namespace));
        }

        if (request.Kind.Custom is { } custom)
        {
            int index = request.Store.IndexOf(request.Api.Definitions!);
            var before = guard;
            guard = find => CheckDefinition(find(index, "", custom.Definition)) ?? before?.Invoke(find);
        }

        Func<Func<int, KindTree>, IReadOnlyList<JointChange>>? joint = QuotaAdmission.Joint(request, value, null);
        if (dryRun)
        {
            joint?.Invoke(kind => request.Store.Snapshot.Trees[kind]);
            StoredObject? current = request.Store.Find(request.Kind, request.Namespace, name);
            return guard?.Invoke((kind, ns, key) => request.Store.Snapshot.Trees[kind].Find(ns, key)) is { } refusal
                ? Task.FromException<WriteOutcome>(refusal)
                : Task.FromResult(new WriteOutcome(current is null, current ?? Unstored(request, name, payload)));
        }

        WriteRequest write = new()
        {
            Kind = request.Store.IndexOf(request.Kind),
            Namespace = request.Namespace,
            Name = name,
            Payload = payload,
            Expected = 0,
            Guard = guard,
            Joint = joint,
            Claims = request.Kind.Claims?.Invoke(value) ?? [],
        };
        return request.Store.WriteAsync(write, request.Aborted);
    }

    private static StoredObject Unstored(ApiRequest request, string name, ObjectPayload payload) =>
        new(request.Namespace, name, 0, payload.Json, payload.RevisionAt);
}
