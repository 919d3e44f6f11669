using System.Text.Json.Nodes;
using Vitrine.ApiServer.Admission;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Validation;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.Tokens;

/// <summary>POST of serviceaccounts/NAME/token: TokenRequest. Source: pkg/registry/core/serviceaccount/storage/token.go.</summary>
internal static class TokenVerb
{
    private const long Shortest = 600;
    private const long Longest = 1L << 32;
    private const long Default = 3600;

    public static async Task RunAsync(ApiRequest request)
    {
        ReadOnlyMemory<byte> body = await RequestBody.ReadAsync(request.Http);
        JsonObject sent = ObjectDecoder.Decode(body, request.Http.Request.ContentType, SubresourceKinds.TokenRequest, request.Validation, request.Warnings);
        JsonObject account = GetVerb.Find(request).Parse();
        JsonObject spec = sent.Ensure("spec");
        spec.DefaultNumber("expirationSeconds", Default);
        if (spec.Array("audiences") is not { Count: > 0 })
        {
            spec["audiences"] = new JsonArray(ServiceAccountTokens.Issuer);
        }

        string given = sent.TextAt("metadata.name");
        if (given.Length > 0 && given != request.Name)
        {
            throw ApiErrors.BadRequest($"metadata.name: Invalid value: \"{given}\": must match the service account name if specified");
        }

        long seconds = spec.Number("expirationSeconds") ?? Default;
        if (seconds is < Shortest or > Longest)
        {
            string why = seconds < Shortest ? "may not specify a duration less than 10 minutes" : "may not specify a duration larger than 2^32 seconds";
            throw ApiErrors.Invalid(SubresourceKinds.TokenRequest, given, [Cause.Invalid("spec.expirationSeconds", seconds, why)]);
        }

        ServiceAccountTokens tokens = request.Api.Tokens ?? throw ApiErrors.UnknownPath();
        (string Kind, JsonObject Object)? bound = Bound(request, tokens, spec.Object("boundObjectRef"));
        NodeRestriction.CheckToken(request.Admission, request.Name, bound, spec.Object("boundObjectRef").Text("uid"));
        TimeSpan lifetime = TimeSpan.FromSeconds(seconds);
        string token = tokens.Issue(account, bound, spec.Array("audiences")!.Select(static audience => audience.AsText() ?? ""), lifetime);
        JsonObject answer = new()
        {
            ["kind"] = "TokenRequest",
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["metadata"] = new JsonObject { ["name"] = request.Name, ["namespace"] = request.Namespace, ["creationTimestamp"] = ObjectMeta.Timestamp(request.Api.Time.GetUtcNow()) },
            ["spec"] = spec.DeepClone(),
            ["status"] = new JsonObject { ["token"] = token, ["expirationTimestamp"] = ObjectMeta.Timestamp(request.Api.Time.GetUtcNow() + lifetime) },
        };
        Answer.AddWarnings(request);
        await Answer.JsonAsync(request.Http, 201, System.Text.Encoding.UTF8.GetBytes(answer.ToJsonString()));
    }

    private static (string Kind, JsonObject Object)? Bound(ApiRequest request, ServiceAccountTokens tokens, JsonObject? reference)
    {
        if (reference is null)
        {
            return null;
        }

        string kind = reference.Text("kind");
        if (tokens.KindOf(kind) is not { } of || reference.Text("apiVersion") is not ("v1" or ""))
        {
            throw ApiErrors.BadRequest($"cannot bind token for serviceaccount \"{request.Name}\" to object of type /{reference.Text("apiVersion")}, Kind={kind}");
        }

        JsonObject found = request.Store.Find(of, of.Namespaced ? request.Namespace : "", reference.Text("name"))?.Parse() ?? throw ApiErrors.NotFound(of, reference.Text("name"));
        string uid = found.TextAt("metadata.uid");
        if (reference.Text("uid") is { Length: > 0 } asked && asked != uid)
        {
            throw ApiErrors.Conflict(of, reference.Text("name"), $"the UID in the bound object reference ({asked}) does not match the UID in record. The object might have been deleted and then recreated");
        }

        if (kind == "Pod" && found.TextAt("spec.serviceAccountName") != request.Name)
        {
            throw ApiErrors.BadRequest($"cannot bind token for serviceaccount \"{request.Name}\" to pod running with different serviceaccount name.");
        }

        return (kind, found);
    }
}
