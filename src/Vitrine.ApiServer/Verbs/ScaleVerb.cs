using System.Text.Json.Nodes;
using Vitrine.ApiServer.Definitions;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.ManagedFields;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Patch;
using Vitrine.ApiServer.Selectors;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Verbs;

/// <summary>
/// NAME/scale: an autoscaling/v1 Scale is a view of a workload's replicas, made when it is read and written through to spec.replicas
/// alone (pkg/registry/apps/deployment/storage: ScaleREST).
/// </summary>
internal static class ScaleVerb
{
    public static Task GetAsync(ApiRequest request) => AnswerAsync(request, GetVerb.Find(request));

    public static async Task UpdateAsync(ApiRequest request)
    {
        ReadOnlyMemory<byte> body = await RequestBody.ReadAsync(request.Http);
        JsonObject scale = ObjectDecoder.Decode(body, request.Http.Request.ContentType, SubresourceKinds.Scale, request.Validation, request.Warnings);
        await AnswerAsync(request, await ObjectChange.ApplyAsync(request, UpdateScope.Main, current => Write(request, current, scale, ObjectMeta.Text(ObjectMeta.Of(scale), "resourceVersion"))));
    }

    public static async Task PatchAsync(ApiRequest request)
    {
        if (ApplyVerb.Is(request))
        {
            await ApplyAsync(request);
            return;
        }

        ApplyVerb.RefuseForce(request);
        ReadOnlyMemory<byte> patch = await RequestBody.ReadAsync(request.Http);
        await AnswerAsync(request, await ObjectChange.ApplyAsync(request, UpdateScope.Main, current =>
        {
            string revision = ObjectMeta.Text(ObjectMeta.Of(current), "resourceVersion");
            request.Warnings.Clear();
            JsonObject scale = PatchApplier.Apply(SubresourceKinds.Scale, View(current, request.Kind.Custom?.Scale), patch, request.Http.Request.ContentType, request.Validation, request.Warnings);
            // The current revision is there because it was read, not because the client asked for it.
            string asked = ObjectMeta.Text(ObjectMeta.Of(scale), "resourceVersion");
            return Write(request, current, scale, asked == revision ? "" : asked);
        }));
    }

    // To apply a Scale is to apply the one field of the workload that it shows.
    private static async Task ApplyAsync(ApiRequest request)
    {
        FieldManager manager = ApplyVerb.ManagerOf(request);
        JsonObject scale = ApplyVerb.Decode(request, SubresourceKinds.Scale, await RequestBody.ReadAsync(request.Http));
        JsonObject config = new() { ["apiVersion"] = request.Kind.ApiVersion, ["kind"] = request.Kind.Name };
        if (scale["spec"].Number("replicas") is { } replicas)
        {
            ScalePaths.Set(config, SpecOf(request), replicas);
        }

        ApplyPatch patch = new(request.Kind, UpdateScope.Main, manager, config, request.Flag("force"));
        string asked = ObjectMeta.Text(ObjectMeta.Of(scale), "resourceVersion");
        StoredObject stored = await ObjectChange.ApplyAsync(
            request,
            UpdateScope.Main,
            current =>
            {
                JsonObject value = patch.To(current, request.Timestamp);
                JsonArray? managed = ObjectMeta.Of(value).Array("managedFields");
                scale.Ensure("spec")["replicas"] = ScalePaths.Number(value, SpecOf(request));
                JsonObject written = Write(request, current, scale, asked);
                ObjectMeta.Of(written)["managedFields"] = managed?.DeepClone();
                return written;
            },
            applied: true);
        await AnswerAsync(request, stored);
    }

    /// <param name="workload">Whose replicas it shows.</param>
    /// <param name="paths">Where a custom kind keeps them.</param>
    internal static JsonObject View(JsonObject workload, ScalePaths? paths = null)
    {
        JsonObject metadata = ObjectMeta.Of(workload);
        JsonObject kept = [];
        foreach (string field in (ReadOnlySpan<string>)["name", "namespace", "uid", "resourceVersion", "creationTimestamp"])
        {
            ObjectMeta.Keep(kept, metadata, field);
        }

        string text = paths is null ? Selector(workload) : ScalePaths.Text(workload, paths.Selector);
        JsonObject status = new() { ["replicas"] = (paths is null ? workload["status"].Number("replicas") : ScalePaths.Number(workload, paths.Status)) ?? 0 };
        if (text.Length > 0)
        {
            status["selector"] = text;
        }

        return new JsonObject
        {
            ["kind"] = SubresourceKinds.Scale.Name,
            ["apiVersion"] = SubresourceKinds.Scale.ApiVersion,
            ["metadata"] = kept,
            ["spec"] = new JsonObject { ["replicas"] = (paths is null ? workload["spec"].Number("replicas") : ScalePaths.Number(workload, paths.Spec)) ?? 0 },
            ["status"] = status,
        };
    }

    private static IReadOnlyList<string> SpecOf(ApiRequest request) => request.Kind.Custom?.Scale?.Spec ?? ["spec", "replicas"];

    private static string Selector(JsonObject workload)
    {
        JsonObject? selector = workload["spec"].Object("selector");
        bool isMap = workload.Text("kind") == "ReplicationController";
        return (isMap ? SelectorObject.OfLabels(selector) : SelectorObject.Read(selector))?.Text() ?? "";
    }

    private static JsonObject Write(ApiRequest request, JsonObject workload, JsonObject scale, string asked)
    {
        JsonObject metadata = ObjectMeta.Of(scale);
        ObjectMeta.CheckName(request, metadata);
        string uid = ObjectMeta.Text(metadata, "uid");
        if (uid.Length > 0 && uid != ObjectMeta.Text(ObjectMeta.Of(workload), "uid"))
        {
            throw ApiErrors.Conflict(request.Kind, request.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {ObjectMeta.Text(ObjectMeta.Of(workload), "uid")}");
        }

        long replicas = scale["spec"].Number("replicas") ?? 0;
        if (replicas < 0)
        {
            throw ApiErrors.Invalid(SubresourceKinds.Scale, request.Name, [new FieldCause("FieldValueInvalid", "spec.replicas", $"Invalid value: {replicas}: must be greater than or equal to 0")]);
        }

        ScalePaths.Set(workload, SpecOf(request), replicas);
        ObjectMeta.Of(workload)["resourceVersion"] = asked;
        return workload;
    }

    private static Task AnswerAsync(ApiRequest request, StoredObject workload)
    {
        Answer.AddWarnings(request);
        AcceptHeader.Negotiate(request.Http.Request.Headers.Accept);
        return Answer.JsonAsync(request.Http, 200, System.Text.Encoding.UTF8.GetBytes(View(workload.As(request.Kind).Parse(), request.Kind.Custom?.Scale).ToJsonString()));
    }
}
