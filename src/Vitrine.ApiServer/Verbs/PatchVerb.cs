using System.Text.Json.Nodes;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Patch;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Verbs;

/// <summary>PATCH of an object or its status. The result is decoded like a request body: a patch cannot smuggle in what a PUT could not.</summary>
internal static class PatchVerb
{
    public static async Task RunAsync(ApiRequest request, UpdateScope scope)
    {
        if (ApplyVerb.Is(request))
        {
            await ApplyVerb.RunAsync(request, scope);
            return;
        }

        ApplyVerb.RefuseForce(request);
        ReadOnlyMemory<byte> patch = await RequestBody.ReadAsync(request.Http);
        string? contentType = request.Http.Request.ContentType;
        StoredObject changed = await ObjectChange.ApplyAsync(request, scope, current => Produce(request, current, patch, contentType));
        await Answer.ObjectAsync(request, 200, changed);
    }

    private static JsonObject Produce(ApiRequest request, JsonObject current, ReadOnlyMemory<byte> patch, string? contentType)
    {
        string revision = ObjectMeta.Text(ObjectMeta.Of(current), "resourceVersion");
        request.Warnings.Clear();
        JsonObject value = PatchApplier.Apply(request.Kind, current, patch, contentType, request.Validation, request.Warnings);
        string asked = ObjectMeta.Text(ObjectMeta.Of(value), "resourceVersion");
        // The current revision is there because it was read, not because the client asked for it.
        if (asked == revision)
        {
            ObjectMeta.Of(value).Remove("resourceVersion");
        }
        else
        {
            ObjectMeta.Of(value)["resourceVersion"] = asked;
        }

        return value;
    }
}
