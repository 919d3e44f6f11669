using System.Text.Json.Nodes;
using Vitrine.ApiServer.Auth;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.Tokens;

/// <summary>Who am I, and whose token is this.</summary>
internal static class Reviews
{
    /// <summary>SelfSubjectReview: kubectl auth whoami.</summary>
    public static async Task WhoAmIAsync(ApiRequest request) =>
        await ReviewVerb.AnswerAsync(request, await ReviewVerb.ReadAsync(request), new JsonObject { ["userInfo"] = Describe(request.User) });

    /// <summary>TokenReview.</summary>
    public static async Task WhoseAsync(ApiRequest request)
    {
        JsonObject review = await ReviewVerb.ReadAsync(request);
        JsonObject spec = review.Ensure("spec");
        string token = spec.Text("token");
        if (token.Length == 0)
        {
            throw ApiErrors.BadRequest("token is required for TokenReview in authentication");
        }

        string[] audiences = spec.Array("audiences") is { Count: > 0 } asked ? [.. asked.Select(static audience => audience.AsText() ?? "")] : [ServiceAccountTokens.Issuer];
        JsonObject status = request.Api.Tokens?.Identify(token, audiences) is { } known
            ? new JsonObject { ["authenticated"] = true, ["user"] = Describe(known.User), ["audiences"] = new JsonArray([.. known.Audiences.Select(static audience => (JsonNode)audience)]) }
            : new JsonObject { ["user"] = new JsonObject(), ["error"] = "[invalid bearer token, token lookup failed]" };
        await ReviewVerb.AnswerAsync(request, review, status);
    }

    /// <summary>authentication.k8s.io/v1 UserInfo.</summary>
    internal static JsonObject Describe(ClientUser user)
    {
        JsonObject described = new() { ["username"] = user.Name };
        if (user.Uid.Length > 0)
        {
            described["uid"] = user.Uid;
        }

        described["groups"] = Texts(user.Groups);
        if (user.Extra.Count > 0)
        {
            described["extra"] = new JsonObject(user.Extra.Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)Texts(pair.Value))));
        }

        return described;
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(static text => (JsonNode)text)]);
}
