using Microsoft.AspNetCore.Http;
using Vitrine.ApiServer.Http;

namespace Vitrine.ApiServer.Auth;

/// <summary>
/// What a ServiceAccount may do while nobody has granted it anything: what upstream gives every authenticated user — look at discovery,
/// schemas, version and health (system:discovery), ask who it is (system:basic-user), read the issuer's keys.
/// </summary>
internal static class ServiceAccountAccess
{
    /// <summary>Throws a 403.</summary>
    public static void Check(ApiRequest request)
    {
        if (request.User is { IsServiceAccount: true } user && request.Kind is not { Group: "authentication.k8s.io", Plural: "selfsubjectreviews" })
        {
            throw Denial.Of(request, user);
        }
    }

    /// <summary>Of the paths that are no resources.</summary>
    public static void CheckPlain(HttpRequest request, ClientUser? user)
    {
        if (user is { IsServiceAccount: true } && request.Path.Value == "/metrics")
        {
            throw Denial.Of(request, user);
        }
    }
}
