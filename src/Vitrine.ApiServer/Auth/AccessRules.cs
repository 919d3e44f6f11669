using Microsoft.AspNetCore.Http;
using Vitrine.ApiServer.Errors;

namespace Vitrine.ApiServer.Auth;

/// <summary>Who may ask at all: health and version are open as upstream's system:public-info-viewer, cluster-info as kubeadm's, everything else needs a user.</summary>
internal static class AccessRules
{
    public static void Check(HttpRequest request, ClientUser? user, DateTimeOffset now)
    {
        if (user is null || user.NotAfter < now)
        {
            if (!IsPublic(request.Path.Value ?? "") && !(IsClusterInfo(request.Path.Value ?? "") && HttpMethods.IsGet(request.Method)))
            {
                throw ApiErrors.Unauthorized();
            }

            return;
        }

        foreach (string header in request.Headers.Keys)
        {
            if (header.StartsWith("Impersonate-", StringComparison.OrdinalIgnoreCase))
            {
                // Without roles nobody has been given the impersonate verb.
                string asked = request.Headers["Impersonate-User"].ToString();
                throw new ApiException(403, "Forbidden", $"users \"{asked}\" is forbidden: User \"{user.Name}\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope")
                {
                    ObjectName = asked,
                    ObjectKind = "users",
                };
            }
        }
    }

    // What a machine reads before it joins: kubeadm's Role kubeadm:bootstrap-signer-clusterinfo lets anyone.
    private static bool IsClusterInfo(string path) => path == "/api/v1/namespaces/kube-public/configmaps/cluster-info";

    private static bool IsPublic(string path) =>
        path is "/version" or "/version/" or "/healthz" or "/livez" or "/readyz"
        || path.StartsWith("/livez/", StringComparison.Ordinal)
        || path.StartsWith("/readyz/", StringComparison.Ordinal)
        || path.StartsWith("/healthz/", StringComparison.Ordinal);
}
