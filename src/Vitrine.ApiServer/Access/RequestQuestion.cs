using Microsoft.AspNetCore.Http;
using Vitrine.ApiServer.Auth;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Selectors;

namespace Vitrine.ApiServer.Access;

/// <summary>What a request asks to be allowed. Source: k8s.io/apiserver pkg/endpoints/request/requestinfo.go.</summary>
internal static class RequestQuestion
{
    public static AccessQuestion Of(HttpRequest request, in RequestPath path, ClientUser user)
    {
        var verb = Verb(request, path);
        var fields = verb is "list" or "watch" or "deletecollection" && request.Query.TryGetValue("fieldSelector", out var text) ? FieldSelector.Parse(text[0]) : null;
        var question = new AccessQuestion(user, verb, path.Group, path.Plural)
        {
            Subresource = path.Subresource ?? "",
            // A namespace is in itself: who may do something there may look at it, too.
            Namespace = path.Namespace ?? (path is { Group: "", Plural: "namespaces" } ? path.Name : null) ?? "",
            Name = path.Name ?? "",
            Fields = fields,
        };
        return path.Name is null && question.Selects("metadata.name") is { } only ? question with { Name = only } : question;
    }

    private static string Verb(HttpRequest request, in RequestPath path) => request.Method switch
    {
        "GET" when path.Subresource is not null => "get",
        "GET" when path.Watch || (request.Query.TryGetValue("watch", out var watch) && QueryFlag.IsOn(watch[0])) => "watch",
        "GET" when path.Name is null => "list",
        "GET" => "get",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" when path.Name is null => "deletecollection",
        "DELETE" => "delete",
        var other => other.ToLowerInvariant(),
    };
}
