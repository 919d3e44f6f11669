using System.Globalization;
using System.Net;
using k8s.Models;

namespace Vitrine.Agent.Probes;

/// <summary>httpGet: 200 to 399 is success; certificates are not checked and redirects are followed on the same host, those to another count as success, as upstream.</summary>
internal sealed class HttpProber : IDisposable
{
    private readonly HttpClient client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.Zero,
        SslOptions = { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private const int MostRedirects = 10;

    public async Task<ProbeResult> ProbeAsync(V1HTTPGetAction get, V1Container container, string podIp, CancellationToken ct)
    {
        if (ContainerPort.Find(get.Port, container) is not { } port)
        {
            return new($"port {get.Port.Value} is not one of the container's ports");
        }

        var host = get.Host is { Length: > 0 } own ? own : podIp;
        var uri = string.Create(CultureInfo.InvariantCulture, $"{(get.Scheme == "HTTPS" ? "https" : "http")}://{(IPAddress.TryParse(host, out var ip) && ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{host}]" : host)}:{port}/{(get.Path ?? "").TrimStart('/')}");
        try
        {
            for (var hop = 0; ; hop++)
            {
                using var answer = await client.SendAsync(Request(uri, get), HttpCompletionOption.ResponseHeadersRead, ct).ConfigureAwait(false);
                var code = (int)answer.StatusCode;
                if (code is >= 300 and < 400 && answer.Headers.Location is { } location && new Uri(new Uri(uri), location) is var next && next.Host == new Uri(uri).Host)
                {
                    if (hop == MostRedirects)
                    {
                        return new($"Get \"{uri}\": stopped after {MostRedirects} redirects");
                    }

                    uri = next.ToString();
                    continue;
                }

                return new(code is >= 200 and < 400 ? null : string.Create(CultureInfo.InvariantCulture, $"HTTP probe failed with statuscode: {code}"));
            }
        }
        catch (Exception e) when (e is HttpRequestException or UriFormatException or IOException)
        {
            return new($"Get \"{uri}\": {e.Message}");
        }
    }

    public void Dispose() => client.Dispose();

    private static HttpRequestMessage Request(string uri, V1HTTPGetAction get)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, uri);
        request.Headers.TryAddWithoutValidation("User-Agent", "kube-probe/1");
        request.Headers.TryAddWithoutValidation("Accept", "*/*");
        foreach (var header in get.HttpHeaders ?? [])
        {
            request.Headers.Remove(header.Name);
            request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        return request;
    }
}
