using System.Buffers;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Verbs;

/// <summary>
/// POST pods/NAME/eviction: a deletion that asks the pod's disruption budget first (pkg/registry/core/pod/storage: EvictionREST).
/// 1. decode, 2. what has ended or never started needs no budget, 3. take one disruption from the budget, 4. mark and delete.
/// </summary>
internal static class EvictionVerb
{
    public static async Task RunAsync(ApiRequest request)
    {
        // 1. decode
        ReadOnlyMemory<byte> body = await RequestBody.ReadAsync(request.Http);
        JsonObject eviction = ObjectDecoder.Decode(body, request.Http.Request.ContentType, SubresourceKinds.Eviction, request.Validation, request.Warnings);
        if (eviction.TextAt("metadata.name") != request.Name)
        {
            throw ApiErrors.BadRequest("name in URL does not match name in Eviction object");
        }

        DeleteOptions asked = DeleteOptions.From(eviction["deleteOptions"] as JsonObject ?? [], request);
        await EvictAsync(request, asked);
        ArrayBufferWriter<byte> answer = new();
        StatusWriter.WriteSuccess(201, answer);
        Answer.AddWarnings(request);
        await Answer.JsonAsync(request.Http, 201, answer.WrittenMemory);
    }

    private static async Task EvictAsync(ApiRequest request, DeleteOptions asked)
    {
        // 2. no budget needed
        StoredObject stored;
        while (true)
        {
            stored = GetVerb.Find(request);
            JsonObject pod = stored.Parse();
            if (!NeedsNoBudget(pod))
            {
                break;
            }

            // A pending pod may become ready, and counted, while it is being deleted.
            bool guard = asked.ResourceVersion is null && pod.TextAt("status.phase") == "Pending" && !stored.IsDeleting;
            try
            {
                await DeleteVerb.DeleteAsync(request, stored, guard ? asked with { ResourceVersion = Version(stored) } : asked);
                return;
            }
            catch (ApiException conflict) when (guard && conflict.Code == 409)
            {
                continue;
            }
        }

        // 3. the budget
        string? budget = DisruptionBudget.Find(request, stored);
        DeleteOptions options = asked;
        bool unhealthy = false;
        if (budget is not null)
        {
            unhealthy = !await DisruptionBudget.TakeAsync(request, budget, stored, asked.DryRun);
            if (unhealthy && asked.ResourceVersion is null)
            {
                options = asked with { ResourceVersion = Version(stored) };
            }
        }

        // 4. mark and delete
        try
        {
            await MarkAndDeleteAsync(request, options);
        }
        catch (ApiException conflict) when (unhealthy && conflict.Code == 409 && asked.ResourceVersion is null)
        {
            throw DisruptionBudget.StillProcessed(budget!);
        }
    }

    private static async Task MarkAndDeleteAsync(ApiRequest request, DeleteOptions options)
    {
        if (options.DryRun)
        {
            await DeleteVerb.DeleteAsync(request, GetVerb.Find(request), options);
            return;
        }

        StoredObject marked = await ObjectChange.ApplyAsync(request, UpdateScope.Status, pod =>
        {
            DeleteVerb.CheckPreconditions(request.Kind, request.Name, pod, options);
            Conditions.Set(pod.Ensure("status"), "DisruptionTarget", "True", "EvictionByEvictionAPI", "Eviction API: evicting", ObjectMeta.Timestamp(request.Api.Time.GetUtcNow()));
            // The revision read is not a demand of the client: let the change be retried.
            ObjectMeta.Of(pod).Remove("resourceVersion");
            return pod;
        });
        // The version this request itself has just made is the one that it means.
        await DeleteVerb.DeleteAsync(request, marked, options.ResourceVersion is null ? options : options with { ResourceVersion = Version(marked) });
    }

    private static bool NeedsNoBudget(JsonObject pod) =>
        pod["metadata"].Has("deletionTimestamp") || pod.TextAt("status.phase") is "Succeeded" or "Failed" or "Pending";

    private static string Version(StoredObject stored) => stored.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
