using System.Net.Http.Headers;
using k8s;

namespace Vitrine.Attaching;

/// <summary>Puts the token of a kubeconfig or a service account into every request, also those that are not of the client's generated methods: watches and plain GETs.</summary>
internal sealed class BearerHandler(KubernetesClientConfiguration config) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // A provider reads its file, or asks its program, again when the token is about to expire.
        request.Headers.Authorization ??= config.TokenProvider is { } provider ? await provider.GetAuthenticationHeaderAsync(cancellationToken)
            : string.IsNullOrEmpty(config.AccessToken) ? null : new AuthenticationHeaderValue("Bearer", config.AccessToken);
        return await base.SendAsync(request, cancellationToken);
    }
}
