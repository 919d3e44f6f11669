using System.Text.Json.Nodes;
using k8s;

namespace Vitrine.Explaining;

/// <summary>Whatever is listed through it is as of one revision of the store, so that lists of different kinds fit together.</summary>
internal sealed class OneMoment(string revision) : DelegatingHandler
{
    /// <summary>This one.</summary>
    /// <param name="kubeconfig">file</param>
    /// <param name="ct">ends the wait</param>
    public static async Task<OneMoment> NowAsync(string kubeconfig, CancellationToken ct)
    {
        using var api = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig));
        var list = JsonNode.Parse(await api.HttpClient.GetStringAsync(new Uri(api.BaseUri, "api/v1/nodes?limit=1"), ct));
        return new OneMoment((string)list!["metadata"]!["resourceVersion"]!);
    }

    /// <summary>A client that lists this moment, and reads single objects as they are.</summary>
    public Kubernetes Client(string kubeconfig) => new(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig), new OneMoment(revision));

    /// <summary>The address of a list as of this moment; others stay as they are.</summary>
    internal Uri AsOf(Uri uri)
    {
        // /api/VERSION/PLURAL or /apis/GROUP/VERSION/PLURAL: lists of all namespaces are all that is asked for.
        var parts = uri.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts is ["api", _, _] or ["apis", _, _, _] ? new Uri($"{uri.AbsoluteUri}{(uri.Query.Length == 0 ? '?' : '&')}resourceVersion={revision}&resourceVersionMatch=Exact") : uri;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.RequestUri = AsOf(request.RequestUri!);
        return base.SendAsync(request, cancellationToken);
    }
}
