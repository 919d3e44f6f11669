using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Verbs;

/// <summary>PUT of an object, its status, or a namespace's finalizers.</summary>
internal static class UpdateVerb
{
    public static async Task RunAsync(ApiRequest request, UpdateScope scope)
    {
        ReadOnlyMemory<byte> body = await RequestBody.ReadAsync(request.Http);
        JsonObject sent = ObjectDecoder.Decode(body, request.Http.Request.ContentType, request.Kind, request.Validation, request.Warnings);
        if (request.Kind.Plural == "leases" && ObjectMeta.Text(ObjectMeta.Of(sent), "resourceVersion").Length == 0)
        {
            // A lease is a lock: upstream's strategy allows no unconditional update of it.
            throw ApiErrors.Invalid(request.Kind, request.Name, [new FieldCause("FieldValueInvalid", "metadata.resourceVersion", "Invalid value: 0: must be specified for an update")]);
        }

        await Answer.ObjectAsync(request, 200, await ObjectChange.ApplyAsync(request, scope, _ => sent.DeepClone().AsObject()));
    }
}
