using System.Buffers;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Admission;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Verbs;

/// <summary>DELETE of one object.</summary>
internal static class DeleteVerb
{
    public static async Task RunAsync(ApiRequest request)
    {
        DeleteOptions options = await DeleteOptions.ReadAsync(request);
        Warn(request, options);
        StoredObject current = GetVerb.Find(request);
        (StoredObject left, bool removed) = await DeleteAsync(request, current, options);
        // Upstream answers with the object where deletion takes time, and always for these kinds.
        if (!removed || request.Kind is { Group: "", Plural: "pods" or "serviceaccounts" or "services" })
        {
            await Answer.ObjectAsync(request, 200, left);
            return;
        }

        Answer.AddWarnings(request);

        ArrayBufferWriter<byte> body = new();
        StatusWriter.WriteDeleted(left.Name, request.Kind.Group, request.Kind.Plural, ObjectMeta.Text(ObjectMeta.Of(left.Parse()), "uid"), body);
        await Answer.JsonAsync(request.Http, 200, body.WrittenMemory);
    }

    /// <summary>Deletes or marks one object; again on the newer version when it changed in between and the client named none.</summary>
    public static async Task<(StoredObject Left, bool Removed)> DeleteAsync(ApiRequest request, StoredObject current, DeleteOptions options)
    {
        RefuseProtected(request.Kind, current.Name);
        while (true)
        {
            JsonObject value = current.As(request.Kind).Parse();
            NodeRestriction.CheckOwn(request.Admission, value);
            CheckPreconditions(request.Kind, current.Name, value, options);
            DeletionPlan plan = DeletionPlan.For(request.Kind, value, options, request.Api.Time.GetUtcNow());
            bool unchanged = !plan.Remove && JsonNode.DeepEquals(plan.Marked, current.As(request.Kind).Parse());
            if (unchanged || options.DryRun)
            {
                return (current, plan.Remove);
            }

            WriteOutcome outcome = await request.Store.WriteAsync(
                new WriteRequest
                {
                    Kind = request.Store.IndexOf(request.Kind),
                    Namespace = current.Namespace,
                    Name = current.Name,
                    Payload = plan.Remove ? null : request.Kind.Payload(plan.Marked),
                    Expected = current.Revision,
                    Claims = plan.Remove ? [] : current.Claims,
                },
                request.Aborted);
            if (outcome is { Written: true, Object: { } written })
            {
                return (written, plan.Remove);
            }

            current = outcome.Object ?? throw ApiErrors.NotFound(request.Kind, current.Name);
        }
    }

    public static void CheckPreconditions(Kind kind, string name, JsonObject value, DeleteOptions options)
    {
        JsonObject metadata = ObjectMeta.Of(value);
        if (options.Uid is { } uid && uid != ObjectMeta.Text(metadata, "uid"))
        {
            throw ApiErrors.Conflict(kind, name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {ObjectMeta.Text(metadata, "uid")}");
        }

        if (options.ResourceVersion is { } revision && revision != ObjectMeta.Text(metadata, "resourceVersion"))
        {
            throw ApiErrors.Conflict(kind, name, $"Precondition failed: ResourceVersion in precondition: {revision}, ResourceVersion in object meta: {ObjectMeta.Text(metadata, "resourceVersion")}");
        }
    }

    public static void Warn(ApiRequest request, DeleteOptions options)
    {
        if (request.Kind is { Group: "batch", Plural: "jobs" } && options.Propagation.Length == 0)
        {
            request.Warnings.Add("child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning");
        }
    }

    private static void RefuseProtected(Kind kind, string name)
    {
        if (kind is { Group: "scheduling.k8s.io", Plural: "priorityclasses" } && SystemPriorityClasses.Values.ContainsKey(name))
        {
            throw ApiErrors.Forbidden(kind, name, "this is a system priority class and cannot be deleted");
        }

        // The admission plugin NamespaceLifecycle's immortal namespaces.
        if (kind is { Group: "", Plural: "namespaces" } && name is ("default" or "kube-system" or "kube-public"))
        {
            throw ApiErrors.Forbidden(kind, name, "this namespace may not be deleted");
        }
    }
}
