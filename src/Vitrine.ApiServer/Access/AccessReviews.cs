using System.Text.Json.Nodes;
using Vitrine.ApiServer.Auth;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Validation;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.Access;

/// <summary>The authorizer asked through the API (https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access).</summary>
internal static class AccessReviews
{
    /// <summary>SelfSubjectAccessReview: kubectl auth can-i.</summary>
    public static async Task MayIAsync(ApiRequest request)
    {
        var review = await ReviewVerb.ReadAsync(request);
        await DecideAsync(request, review, request.User);
    }

    /// <summary>SubjectAccessReview: may somebody.</summary>
    public static async Task MayAsync(ApiRequest request)
    {
        var review = await ReviewVerb.ReadAsync(request);
        await DecideAsync(request, review, Subject(request, review));
    }

    /// <summary>LocalSubjectAccessReview: the same for one who may only ask about one namespace.</summary>
    public static async Task MayHereAsync(ApiRequest request)
    {
        var review = await ReviewVerb.ReadAsync(request);
        if (review.TextAt("spec.resourceAttributes.namespace") is var ns && ns != request.Namespace)
        {
            throw ApiErrors.Invalid(request.Kind, "", [Cause.Invalid("spec.resourceAttributes.namespace", ns, "must match metadata.namespace")]);
        }
        await DecideAsync(request, review, Subject(request, review));
    }

    /// <summary>SelfSubjectRulesReview: kubectl auth can-i --list.</summary>
    public static async Task WhatMayIAsync(ApiRequest request)
    {
        var review = await ReviewVerb.ReadAsync(request);
        if (review.TextAt("spec.namespace") is not { Length: > 0 } ns)
        {
            throw ApiErrors.BadRequest("no namespace on request");
        }
        AccessRule[] rules = [.. request.Api.Access.Roles.RulesOf(request.User, ns)];
        var status = new JsonObject
        {
            ["resourceRules"] = new JsonArray([.. rules.Where(static r => r.Paths.Length == 0).Select(static r => (JsonNode)r.ToJson())]),
            ["nonResourceRules"] = new JsonArray([.. rules.Where(static r => r.Paths.Length > 0).Select(static r => (JsonNode)r.ToJson())]),
            ["incomplete"] = request.User.Node is not null,
        };
        if (request.User.Node is not null)
        {
            status["evaluationError"] = "node authorizer does not support user rule resolution";
        }
        await ReviewVerb.AnswerAsync(request, review, status);
    }

    private static Task DecideAsync(ApiRequest request, JsonObject review, ClientUser user)
    {
        var spec = review.Object("spec");
        var (resource, path) = (spec.Object("resourceAttributes"), spec.Object("nonResourceAttributes"));
        if (resource is null == path is null)
        {
            throw ApiErrors.Invalid(request.Kind, "", [Cause.Invalid("spec", "", "exactly one of nonResourceAttributes or resourceAttributes must be specified")]);
        }
        var verdict = request.Api.Access.Decide(resource is not null
            ? new AccessQuestion(user, resource.Text("verb"), resource.Text("group"), resource.Text("resource"))
            {
                Subresource = resource.Text("subresource"),
                Namespace = resource.Text("namespace"),
                Name = resource.Text("name"),
            }
            : new AccessQuestion(user, path.Text("verb"), "", "") { Path = path.Text("path") });
        var status = new JsonObject { ["allowed"] = verdict.Allowed };
        if (verdict.Reason is { Length: > 0 } reason)
        {
            status["reason"] = reason;
        }
        return ReviewVerb.AnswerAsync(request, review, status);
    }

    private static ClientUser Subject(ApiRequest request, JsonObject review)
    {
        var spec = review.Object("spec");
        var groups = (spec.Array("groups") ?? []).Select(static g => g.AsText()).OfType<string>().ToArray();
        return spec.Text("user").Length > 0 || groups.Length > 0
            ? new ClientUser(spec.Text("user"), groups, DateTimeOffset.MaxValue)
            : throw ApiErrors.Invalid(request.Kind, "", [Cause.Invalid("spec.user", "", "at least one of user or group must be specified")]);
    }
}
