using Microsoft.AspNetCore.Http;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;

namespace Vitrine.ApiServer.Auth;

/// <summary>A 403 in the words of upstream's authorizer.</summary>
internal static class Denial
{
    public static ApiException Of(ApiRequest request, ClientUser user)
    {
        string scope = request.Path.Namespace is { } ns ? $"in the namespace \"{ns}\"" : "at the cluster scope";
        string part = request.Path.Subresource is { } subresource ? $"{request.Kind.Plural}/{subresource}" : request.Kind.Plural;
        return ApiErrors.Forbidden(request.Kind, request.Name, $"User \"{user.Name}\" cannot {Verb(request)} resource \"{part}\" in API group \"{request.Kind.Group}\" {scope}");
    }

    public static ApiException Of(HttpRequest request, ClientUser user) =>
        new(403, "Forbidden", $"forbidden: User \"{user.Name}\" cannot {request.Method.ToLowerInvariant()} path \"{request.Path.Value ?? "/"}\"");

    /// <summary>As RBAC names what a request does.</summary>
    public static string Verb(ApiRequest request) => request.Http.Request.Method switch
    {
        "GET" when request.Path.Watch || request.Http.Request.Query.ContainsKey("watch") => "watch",
        "GET" when request.Path.Name is null => "list",
        "GET" => "get",
        "POST" => "create",
        "PUT" => "update",
        "DELETE" when request.Path.Name is null => "deletecollection",
        var other => other.ToLowerInvariant(),
    };
}
