using Microsoft.AspNetCore.Http;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Selectors;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Auth;

/// <summary>
/// What the bearer of a bootstrap token may do: ask for a certificate and see what became of that. Upstream's role
/// system:node-bootstrapper also shows everybody else's requests; nobody needs that here.
/// </summary>
internal static class BootstrapAccess
{
    /// <summary>Throws a 403.</summary>
    public static void Check(ApiRequest request)
    {
        if (request.User is not { IsBootstrap: true } user)
        {
            return;
        }

        string verb = Verb(request);
        bool allowed = request.Kind is { Group: "certificates.k8s.io", Plural: "certificatesigningrequests" } && request.Path.Subresource is null && verb switch
        {
            "create" => true,
            "get" => Owns(request, user, request.Name),
            "list" or "watch" => One(request) is { } name && Owns(request, user, name),
            _ => false,
        };
        if (!allowed)
        {
            string scope = request.Path.Namespace is { } ns ? $"in the namespace \"{ns}\"" : "at the cluster scope";
            string part = request.Path.Subresource is { } subresource ? $"{request.Kind.Plural}/{subresource}" : request.Kind.Plural;
            throw ApiErrors.Forbidden(request.Kind, request.Name, $"User \"{user.Name}\" cannot {verb} resource \"{part}\" in API group \"{request.Kind.Group}\" {scope}");
        }
    }

    /// <summary>Of the paths that are no resources: discovery, schemas, version and health.</summary>
    public static void CheckPlain(HttpRequest request, ClientUser? user)
    {
        string path = request.Path.Value ?? "/";
        if (user is { IsBootstrap: true } && path == "/metrics")
        {
            throw new ApiException(403, "Forbidden", $"forbidden: User \"{user.Name}\" cannot {request.Method.ToLowerInvariant()} path \"{path}\"");
        }
    }

    private static string Verb(ApiRequest request) => request.Http.Request.Method switch
    {
        "GET" when request.Path.Watch || request.Http.Request.Query.ContainsKey("watch") => "watch",
        "GET" when request.Path.Name is null => "list",
        "GET" => "get",
        "POST" => "create",
        "PUT" => "update",
        "DELETE" when request.Path.Name is null => "deletecollection",
        var other => other.ToLowerInvariant(),
    };

    /// <summary>The one name that a list or watch is about.</summary>
    private static string? One(ApiRequest request) => request.Path.Name
        ?? FieldSelector.Parse(request.Query("fieldSelector"), request.Kind).Requirements.FirstOrDefault(static requirement => requirement is { Label: "metadata.name", Equal: true })?.Value;

    private static bool Owns(ApiRequest request, ClientUser user, string name) =>
        request.Store.Find(request.Kind, "", name) is StoredObject stored && stored.Parse()["spec"].Text("username") == user.Name;
}
