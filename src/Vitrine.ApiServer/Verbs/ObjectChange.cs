using System.Text.Json.Nodes;
using Vitrine.ApiServer.Admission;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.ManagedFields;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.PodSecurity;
using Vitrine.ApiServer.Quotas;
using Vitrine.ApiServer.Store;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Verbs;

/// <summary>
/// Read, change, compare and write, as k8s.io/apiserver's GuaranteedUpdate: a change that names no resourceVersion is
/// made again on the newer object when somebody else was faster.
/// </summary>
internal static class ObjectChange
{
    // Upstream's patch retries (MaxRetryWhenPatchConflicts).
    private const int Attempts = 6;

    /// <param name="produce">The changed object from a private copy of the current one; runs once per attempt.</param>
    /// <param name="applied">True when it has noted its managers itself.</param>
    public static async Task<StoredObject> ApplyAsync(ApiRequest request, UpdateScope scope, Func<JsonObject, JsonObject> produce, bool applied = false)
    {
        bool dryRun = request.DryRun;
        for (int attempt = 1; ; attempt++)
        {
            StoredObject current = GetVerb.Find(request);
            JsonObject old = current.Parse();
            JsonObject value = produce(current.Parse());
            ObjectMeta.CheckName(request, ObjectMeta.Of(value));
            string asked = ObjectMeta.Text(ObjectMeta.Of(value), "resourceVersion");
            if (asked.Length > 0 && asked != ObjectMeta.Text(ObjectMeta.Of(old), "resourceVersion"))
            {
                throw ApiErrors.Modified(request.Kind, request.Name);
            }

            JsonArray? sent = ObjectMeta.Of(value).Array("managedFields");
            Prepare(request, scope, value, old);
            request.Kind.Allocate(request.Admission, value, old);
            JsonObject metadata = ObjectMeta.Of(value);
            ObjectMeta.Keep(metadata, ObjectMeta.Of(old), "resourceVersion");
            if (Managed(request, scope, applied, sent, value, old) is { } managers)
            {
                metadata["managedFields"] = managers;
            }

            if (JsonNode.DeepEquals(value, old))
            {
                return current;
            }

            bool remove = DeletionPlan.IsFinished(request.Kind, value);
            ObjectPayload payload = request.Kind.Payload(value);
            if (dryRun)
            {
                return new StoredObject(current.Namespace, current.Name, current.Revision, payload.Stamp(current.Revision), payload.RevisionAt);
            }

            WriteOutcome outcome = await request.Store.WriteAsync(
                new WriteRequest
                {
                    Kind = request.Store.IndexOf(request.Kind),
                    Namespace = current.Namespace,
                    Name = current.Name,
                    Payload = remove ? null : payload,
                    Expected = current.Revision,
                    Joint = scope == UpdateScope.Main && !remove ? QuotaAdmission.Joint(request, value, old) : null,
                    Claims = remove ? [] : request.Kind.Claims?.Invoke(value) ?? [],
                },
                request.Aborted);
            if (outcome is { Written: true, Object: { } stored })
            {
                return stored;
            }

            if (outcome.Taken is not null)
            {
                attempt--;
                continue;
            }

            if (attempt == Attempts || asked.Length > 0 && outcome.Object is null)
            {
                throw ApiErrors.Modified(request.Kind, request.Name);
            }
        }
    }

    private static JsonNode? Managed(ApiRequest request, UpdateScope scope, bool applied, JsonArray? sent, JsonObject value, JsonObject old) => applied || scope == UpdateScope.Binding
        ? sent?.DeepClone()
        : FieldOwnership.Changed(request.Manager, request.Kind, scope, sent, value, old, request.Timestamp);

    private static void Prepare(ApiRequest request, UpdateScope scope, JsonObject value, JsonObject old)
    {
        ObjectMeta.PrepareUpdate(request, value, old);
        bool hasStatus = request.Kind.Subresources.Contains("status");
        switch (scope)
        {
            case UpdateScope.Main when hasStatus:
                ObjectMeta.Keep(value, old, "status");
                if (request.Kind == request.Api.Namespaces && value["spec"] is JsonObject spec)
                {
                    ObjectMeta.Keep(spec, old["spec"] as JsonObject ?? [], "finalizers");
                }

                break;
            case UpdateScope.Status or UpdateScope.Approval:
                KeepAllBut(value, old, "status");
                if (request.Kind.Custom is not null)
                {
                    value["metadata"] = ObjectMeta.Of(old).DeepClone();
                    ObjectMeta.Of(value).Remove("managedFields");
                }

                break;
            case UpdateScope.EphemeralContainers:
                JsonObject sent = value["spec"] as JsonObject ?? [];
                KeepAllBut(value, old, "");
                ObjectMeta.Keep(value["spec"]!.AsObject(), sent, "ephemeralContainers");
                break;
            case UpdateScope.Finalize:
                ObjectMeta.Keep(value, old, "status");
                break;
        }

        if (scope == UpdateScope.Binding)
        {
            return;
        }

        AdmissionRequest admission = request.Admission;
        NodeRestriction.CheckUpdate(admission, scope, value, old);
        if (scope == UpdateScope.Main)
        {
            PodSecurityAdmission.CheckTemplate(admission, value);
        }

        request.Kind.PrepareUpdate(admission, scope, value, old);
        request.Kind.Default(value);
        if (request.Kind.CountsGeneration && scope is UpdateScope.Main or UpdateScope.EphemeralContainers && IsNewGeneration(request.Kind, value, old))
        {
            JsonObject metadata = ObjectMeta.Of(value);
            metadata["generation"] = (ObjectMeta.Number(metadata, "generation") ?? 0) + 1;
        }

        if (ObjectValidator.Validate(request.Kind, value, old) is { Count: > 0 } causes)
        {
            throw ApiErrors.Invalid(request.Kind, request.Name, causes);
        }
    }

    private static void KeepAllBut(JsonObject value, JsonObject old, string changed)
    {
        foreach (string field in value.Select(static pair => pair.Key).Union(old.Select(static pair => pair.Key)).ToList())
        {
            if (field != changed && field != "metadata")
            {
                ObjectMeta.Keep(value, old, field);
            }
        }
    }

    private static bool IsNewGeneration(Kind kind, JsonObject value, JsonObject old) =>
        SpecChanged(kind, value, old) || (kind.AnnotationsCount && !JsonNode.DeepEquals(ObjectMeta.Of(value)["annotations"], ObjectMeta.Of(old)["annotations"]));

    private static bool SpecChanged(Kind kind, JsonObject value, JsonObject old) =>
        value.Select(static pair => pair.Key).Union(old.Select(static pair => pair.Key))
            .Any(field => field is not ("metadata" or "kind" or "apiVersion") && !(field == "status" && kind.Subresources.Contains("status")) && !JsonNode.DeepEquals(value[field], old[field]));
}
