using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Protobuf;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Verbs;

/// <summary>POST pods/NAME/binding: the scheduler's word on the node (pkg/registry/core/pod/storage: assignPod).</summary>
internal static class BindingVerb
{
    private const string Schema = "io.k8s.api.core.v1.Binding";

    public static async Task RunAsync(ApiRequest request)
    {
        ReadOnlyMemory<byte> body = await RequestBody.ReadAsync(request.Http);
        JsonObject? binding;
        try
        {
            binding = ObjectDecoder.MediaType(request.Http.Request.ContentType) == ProtobufBody.MediaType
                ? ProtobufBody.Decode(body.Span, Schema, "Binding")
                : JsonNode.Parse(body.Span) as JsonObject;
        }
        catch (JsonException error)
        {
            throw ApiErrors.BadRequest($"cannot read the Binding: {error.Message}");
        }

        if (binding?["target"] is not JsonObject target || ObjectMeta.Text(target, "name") is not { Length: > 0 } node || target["kind"] is JsonValue kind && ObjectMeta.Text(target, "kind") is not ("" or "Node"))
        {
            throw new ApiException(422, "Invalid", $"Binding \"{request.Name}\" is invalid: target.name: Required value")
            {
                Causes = [new FieldCause("FieldValueRequired", "target.name", "Required value")],
            };
        }

        await ObjectChange.ApplyAsync(request, UpdateScope.Binding, pod => Bind(request, pod, binding, node));
        ArrayBufferWriter<byte> answer = new();
        StatusWriter.WriteSuccess(201, answer);
        await Answer.JsonAsync(request.Http, 201, answer.WrittenMemory);
    }

    private static JsonObject Bind(ApiRequest request, JsonObject pod, JsonObject binding, string node)
    {
        JsonObject metadata = ObjectMeta.Of(pod);
        string uid = binding["metadata"] is JsonObject meta ? ObjectMeta.Text(meta, "uid") : "";
        if (uid.Length > 0 && uid != ObjectMeta.Text(metadata, "uid"))
        {
            throw ApiErrors.Conflict(request.Kind, request.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {ObjectMeta.Text(metadata, "uid")}");
        }

        if (ObjectMeta.IsDeleting(metadata))
        {
            throw ApiErrors.Conflict(request.Kind, request.Name, $"pod {request.Name} is being deleted, cannot be assigned to a host");
        }

        JsonObject spec = pod["spec"] as JsonObject ?? throw ApiErrors.BadRequest($"pod {request.Name} has no spec");
        if (ObjectMeta.Text(spec, "nodeName") is { Length: > 0 } bound)
        {
            throw ApiErrors.Conflict(request.Kind, request.Name, $"pod {request.Name} is already assigned to node \"{bound}\"");
        }

        spec["nodeName"] = node;
        SetScheduled(pod, ObjectMeta.Timestamp(request.Api.Time.GetUtcNow()));
        // The revision read is not a demand of the client: let the change be retried.
        metadata.Remove("resourceVersion");
        return pod;
    }

    private static void SetScheduled(JsonObject pod, string now)
    {
        JsonObject status = pod["status"] as JsonObject ?? [];
        pod["status"] = status.Parent is null ? status : status.DeepClone();
        status = pod["status"]!.AsObject();
        if (status["conditions"] is not JsonArray conditions)
        {
            status["conditions"] = conditions = [];
        }

        JsonNode? former = conditions.FirstOrDefault(static node => node is JsonObject condition && ObjectMeta.Text(condition, "type") == "PodScheduled");
        if (former is not null)
        {
            conditions.Remove(former);
        }

        conditions.Add((JsonNode)new JsonObject { ["type"] = "PodScheduled", ["status"] = "True", ["lastProbeTime"] = null, ["lastTransitionTime"] = now });
    }
}
