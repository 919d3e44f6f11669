using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using k8s;

namespace Vitrine.Cluster.Conformance;

/// <summary>Requests as they go over the wire, with a cluster's administrator's certificate: what a client library would hide is seen.</summary>
internal sealed class Api : IDisposable
{
    private readonly Kubernetes client;

    public Api(TestCluster cluster) => client = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.Kubeconfig));

    public Kubernetes Client => client;

    public Task<Reply> GetAsync(string path, string accept = "application/json") => SendAsync(HttpMethod.Get, path, null, accept: accept);

    public Task<Reply> PostAsync(string path, string body, string type = "application/json") => SendAsync(HttpMethod.Post, path, body, type);

    public Task<Reply> PutAsync(string path, string body) => SendAsync(HttpMethod.Put, path, body);

    public Task<Reply> PatchAsync(string path, string body, string type = "merge-patch+json") => SendAsync(HttpMethod.Patch, path, body, $"application/{type}");

    public Task<Reply> DeleteAsync(string path, string? options = null) => SendAsync(HttpMethod.Delete, path, options);

    public async Task<Reply> SendAsync(HttpMethod method, string path, string? body, string type = "application/json", string accept = "application/json")
    {
        using var request = Request(method, path, accept);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        using var answer = await client.HttpClient.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return new Reply(answer.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text)!.AsObject() : new JsonObject { ["text"] = text })
        {
            Warnings = answer.Headers.TryGetValues("Warning", out var warnings) ? [.. warnings] : [],
            RetryAfter = answer.Headers.RetryAfter?.Delta,
        };
    }

    /// <summary>The events of a watch, one line each, until its end or the caller's.</summary>
    public async IAsyncEnumerable<JsonObject> WatchAsync(string path, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct = default)
    {
        using var request = Request(HttpMethod.Get, path + (path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "watch=true", "application/json");
        using var answer = await client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            throw new InvalidOperationException($"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(ct)}");
        }

        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(ct));
        while (await lines.ReadLineAsync(ct) is { } line)
        {
            yield return JsonNode.Parse(line)!.AsObject();
        }
    }

    /// <summary>The first events of a watch, as "TYPE name", within so many seconds.</summary>
    public async Task<List<JsonObject>> TakeAsync(string path, int count, int seconds = 20)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        List<JsonObject> seen = [];
        try
        {
            await foreach (var change in WatchAsync(path, limit.Token))
            {
                seen.Add(change);
                if (seen.Count == count)
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{path}: {seen.Count} of {count} events within {seconds} s: {string.Join('\n', seen.Select(static e => e.ToJsonString()))}");
        }

        return seen;
    }

    public void Dispose() => client.Dispose();

    private HttpRequestMessage Request(HttpMethod method, string path, string accept)
    {
        var request = new HttpRequestMessage(method, new Uri(client.BaseUri, path)) { Version = HttpVersion.Version20 };
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return request;
    }
}
