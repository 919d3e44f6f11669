using System.Text;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Verbs;

/// <summary>POST of a kind that is a question: read, answered, and stored nowhere.</summary>
internal static class ReviewVerb
{
    public static async Task<JsonObject> ReadAsync(ApiRequest request) =>
        ObjectDecoder.Decode(await RequestBody.ReadAsync(request.Http), request.Http.Request.ContentType, request.Kind, request.Validation, request.Warnings);

    public static Task AnswerAsync(ApiRequest request, JsonObject review, JsonObject status)
    {
        review["kind"] = request.Kind.Name;
        review["apiVersion"] = request.Kind.ApiVersion;
        review["metadata"] = new JsonObject { ["creationTimestamp"] = ObjectMeta.Timestamp(request.Api.Time.GetUtcNow()) };
        review["status"] = status;
        Answer.AddWarnings(request);
        return Answer.JsonAsync(request.Http, 201, Encoding.UTF8.GetBytes(review.ToJsonString()));
    }
}
