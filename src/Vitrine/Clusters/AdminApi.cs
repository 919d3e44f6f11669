using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Vitrine.Clusters;

/// <summary>The few questions the verbs themselves ask a cluster's API server, as its administrator.</summary>
internal sealed class AdminApi : IDisposable
{
    private readonly HttpClient http;

    public AdminApi(ClusterPaths paths, ClusterSpec spec)
    {
        var pki = new Pki(paths.Pki, TimeProvider.System);
        http = new HttpClient(new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(2),
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [pki.Load("admin")],
                CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { pki.Ca }, RevocationMode = X509RevocationMode.NoCheck },
            },
        })
        {
            BaseAddress = new Uri($"https://127.0.0.1:{spec.ApiPort}/"),
            Timeout = TimeSpan.FromSeconds(5),
        };
    }

    /// <summary>Body of a GET that succeeded, or null.</summary>
    public async Task<string?> TextAsync(string path, CancellationToken ct)
    {
        try
        {
            using var response = await http.GetAsync(path, ct);
            return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync(ct) : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is TaskCanceledException && !ct.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>Copies the body of a GET; null when it succeeded, otherwise what the server said.</summary>
    public async Task<string?> CopyAsync(string path, Stream to, CancellationToken ct)
    {
        try
        {
            using var response = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, ct);
            if (!response.IsSuccessStatusCode)
            {
                return await response.Content.ReadAsStringAsync(ct);
            }

            await response.Content.CopyToAsync(to, ct);
            return null;
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !ct.IsCancellationRequested))
        {
            return e.Message;
        }
    }

    /// <summary>Deletes an object; null when it is gone, otherwise what the server said.</summary>
    public Task<string?> DeleteAsync(string path, CancellationToken ct) => SendAsync(HttpMethod.Delete, path, null, ct);

    /// <summary>Creates an object from JSON; null when it is there, otherwise what the server said.</summary>
    public Task<string?> CreateAsync(string path, string json, CancellationToken ct) => SendAsync(HttpMethod.Post, path, json, ct);

    private async Task<string?> SendAsync(HttpMethod method, string path, string? json, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path) { Content = json is null ? null : new StringContent(json, System.Text.Encoding.UTF8, "application/json") };
        try
        {
            using var response = await http.SendAsync(request, ct);
            return response.IsSuccessStatusCode || (method == HttpMethod.Delete && response.StatusCode == System.Net.HttpStatusCode.NotFound)
                ? null
                : await response.Content.ReadAsStringAsync(ct);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is TaskCanceledException && !ct.IsCancellationRequested))
        {
            return e.Message;
        }
    }

    /// <param name="since">Readiness that was reported earlier does not count; null for whenever.</param>
    public async Task<bool> IsNodeReadyAsync(string name, DateTimeOffset? since, CancellationToken ct) => (await NodeAsync(name, since, ct)).Ready;

    /// <summary>Whether a Node is Ready, and the runtime it says it has; not ready and null while it cannot be read.</summary>
    public async Task<(bool Ready, string? Runtime)> NodeAsync(string name, DateTimeOffset? since, CancellationToken ct)
    {
        if (await TextAsync($"api/v1/nodes/{name}", ct) is not { } text)
        {
            return (false, null);
        }

        using var node = JsonDocument.Parse(text);
        if (!node.RootElement.TryGetProperty("status", out var status))
        {
            return (false, null);
        }

        var ready = status.TryGetProperty("conditions", out var conditions)
            && conditions.EnumerateArray().Any(c => c.GetProperty("type").ValueEquals("Ready") && c.GetProperty("status").ValueEquals("True")
                && (since is null || (c.TryGetProperty("lastHeartbeatTime", out var beat) && beat.TryGetDateTimeOffset(out var at) && at.AddSeconds(1) > since)));
        var runtime = status.TryGetProperty("nodeInfo", out var info) && info.TryGetProperty("containerRuntimeVersion", out var version) ? version.GetString() : null;
        return (ready, runtime);
    }

    public void Dispose() => http.Dispose();
}
