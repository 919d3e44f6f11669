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

        string verb = Denial.Verb(request);
        bool allowed = request.Kind is { Group: "certificates.k8s.io", Plural: "certificatesigningrequests" } && request.Path.Subresource is null && verb switch
        {
            "create" => true,
            "get" => Owns(request, user, request.Name),
            "list" or "watch" => One(request) is { } name && Owns(request, user, name),
            _ => false,
        };
        if (!allowed)
        {
            throw Denial.Of(request, user);
        }
    }

    /// <summary>Of the paths that are no resources: discovery, schemas, version and health.</summary>
    public static void CheckPlain(HttpRequest request, ClientUser? user)
    {
        if (user is { IsBootstrap: true } && request.Path.Value == "/metrics")
        {
            throw Denial.Of(request, user);
        }
    }

    /// <summary>The one name that a list or watch is about.</summary>
    private static string? One(ApiRequest request) => request.Path.Name
        ?? FieldSelector.Parse(request.Query("fieldSelector"), request.Kind).Requirements.FirstOrDefault(static requirement => requirement is { Label: "metadata.name", Equal: true })?.Value;

    private static bool Owns(ApiRequest request, ClientUser user, string name) =>
        request.Store.Find(request.Kind, "", name) is StoredObject stored && stored.Parse()["spec"].Text("username") == user.Name;
}
