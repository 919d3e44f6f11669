using System.Text;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Auth;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.Tokens;

/// <summary>Questions that are posted and answered, and stored nowhere: who am I, and whose token is this.</summary>
internal static class Reviews
{
    /// <summary>SelfSubjectReview: kubectl auth whoami.</summary>
    public static async Task WhoAmIAsync(ApiRequest request)
    {
        JsonObject review = await ReadAsync(request);
        review["metadata"] = new JsonObject { ["creationTimestamp"] = ObjectMeta.Timestamp(request.Api.Time.GetUtcNow()) };
        review["status"] = new JsonObject { ["userInfo"] = Describe(request.User ?? throw ApiErrors.Unauthorized()) };
        await AnswerAsync(request, review);
    }

    /// <summary>TokenReview.</summary>
    public static async Task WhoseAsync(ApiRequest request)
    {
        JsonObject review = await ReadAsync(request);
        JsonObject spec = review.Ensure("spec");
        string token = spec.Text("token");
        if (token.Length == 0)
        {
            throw ApiErrors.BadRequest("token is required for TokenReview in authentication");
        }

        string[] audiences = spec.Array("audiences") is { Count: > 0 } asked ? [.. asked.Select(static audience => audience.AsText() ?? "")] : [ServiceAccountTokens.Issuer];
        review["metadata"] = new JsonObject { ["creationTimestamp"] = ObjectMeta.Timestamp(request.Api.Time.GetUtcNow()) };
        review["status"] = request.Api.Tokens?.Identify(token, audiences) is { } known
            ? new JsonObject { ["authenticated"] = true, ["user"] = Describe(known.User), ["audiences"] = new JsonArray([.. known.Audiences.Select(static audience => (JsonNode)audience)]) }
            : new JsonObject { ["user"] = new JsonObject(), ["error"] = "[invalid bearer token, token lookup failed]" };
        await AnswerAsync(request, review);
    }

    private static async Task<JsonObject> ReadAsync(ApiRequest request) =>
        ObjectDecoder.Decode(await RequestBody.ReadAsync(request.Http), request.Http.Request.ContentType, request.Kind, request.Validation, request.Warnings);

    private static Task AnswerAsync(ApiRequest request, JsonObject review)
    {
        review["kind"] = request.Kind.Name;
        review["apiVersion"] = request.Kind.ApiVersion;
        Answer.AddWarnings(request);
        return Answer.JsonAsync(request.Http, 201, Encoding.UTF8.GetBytes(review.ToJsonString()));
    }

    private static JsonObject Describe(ClientUser user)
    {
        JsonObject described = new() { ["username"] = user.Name };
        if (user.Uid.Length > 0)
        {
            described["uid"] = user.Uid;
        }

        described["groups"] = Texts(user.Groups.Append(ClientUser.Authenticated).Distinct(StringComparer.Ordinal));
        if (user.Extra.Count > 0)
        {
            described["extra"] = new JsonObject(user.Extra.Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)Texts(pair.Value))));
        }

        return described;
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(static text => (JsonNode)text)]);
}
