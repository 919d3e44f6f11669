using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using k8s;

namespace Vitrine.Model.Watching;

/// <summary>
/// List, then watch from the list's resourceVersion, for ever: resumed where it broke, listed again when the server says
/// that version is gone (410), with a pause that doubles from 50 ms to 5 s, half of it more or less, while the API is away. See "Efficient detection of
/// changes" in the Kubernetes API concepts.
/// </summary>
/// <param name="client">To whom.</param>
/// <param name="path">Of the collection, e.g. "api/v1/pods".</param>
/// <param name="selector">Query for label and field selectors, or empty.</param>
/// <param name="time">For the pauses.</param>
/// <param name="read">One object of the list or the watch; null for the client's typed models.</param>
/// <param name="accept">Media types to ask for; null for plain JSON.</param>
public sealed class ResourceWatch<T>(Kubernetes client, string path, string selector, TimeProvider time, Func<JsonElement, T>? read = null, string? accept = null)
    where T : class
{
    private readonly Func<JsonElement, T> read = read ?? (static e => FieldOwners.Dropped(KubernetesJson.Deserialize<T>(e)));
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private string? resourceVersion;

    /// <summary>Changes in order. Ends only by cancellation. <paramref name="failed"/> hears why a request did not work.</summary>
    public async IAsyncEnumerable<WatchChange<T>> RunAsync(Action<string> failed, [EnumeratorCancellation] CancellationToken ct)
    {
        var pause = ShortestPause;
        while (!ct.IsCancellationRequested)
        {
            await using var changes = OnceAsync(ct).GetAsyncEnumerator(ct);
            var heard = false;
            while (true)
            {
                try
                {
                    if (!await changes.MoveNextAsync())
                    {
                        break;
                    }
                }
                catch (Exception e) when (e is HttpRequestException or IOException or JsonException or TimeoutException || (e is OperationCanceledException && !ct.IsCancellationRequested))
                {
                    failed($"watch of {path}: {e.Message}");
                    heard = false;
                    break;
                }

                heard = changes.Current.Kind != WatchChangeKind.Replaced;
                yield return changes.Current;
            }

            // A watch that ends in good order after news is taken up again at once; one that only fails or says nothing waits.
            if (heard)
            {
                pause = ShortestPause;
                continue;
            }

            // Of a thousand nodes whose API server comes back, none asks at the moment another does.
            await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), time, ct);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async IAsyncEnumerable<WatchChange<T>> OnceAsync([EnumeratorCancellation] CancellationToken ct)
    {
        if (resourceVersion is null)
        {
            yield return await ListAsync(ct);
        }

        using var response = await SendAsync($"watch=1&allowWatchBookmarks=true&resourceVersion={resourceVersion}", ct);
        if (response.StatusCode == HttpStatusCode.Gone)
        {
            resourceVersion = null;
            yield break;
        }

        response.EnsureSuccessStatusCode();
        var lines = PipeReader.Create(await response.Content.ReadAsStreamAsync(ct));
        for (var open = true; open;)
        {
            var read = await lines.ReadAsync(ct);
            var rest = read.Buffer;
            var seen = new List<WatchChange<T>>();
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                if (Parse(rest.Slice(0, end)) is { } change)
                {
                    seen.Add(change);
                }

                rest = rest.Slice(rest.GetPosition(1, end));
            }

            lines.AdvanceTo(rest.Start, rest.End);
            foreach (var change in seen)
            {
                yield return change;
            }

            open = !read.IsCompleted && resourceVersion is not null;
        }

        await lines.CompleteAsync();
    }

    private async Task<WatchChange<T>> ListAsync(CancellationToken ct)
    {
        using var response = await SendAsync("", ct);
        response.EnsureSuccessStatusCode();
        using var list = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(ct), default, ct);
        var objects = list.RootElement.GetProperty("items").EnumerateArray().Select(read).ToArray();
        resourceVersion = list.RootElement.GetProperty("metadata").GetProperty("resourceVersion").GetString();
        return new WatchChange<T>(WatchChangeKind.Replaced, objects, resourceVersion);
    }

    private async Task<HttpResponseMessage> SendAsync(string query, CancellationToken ct)
    {
        var uri = new Uri(client.BaseUri, $"{path}?{selector}{(selector.Length > 0 && query.Length > 0 ? "&" : "")}{query}");
        using var request = new HttpRequestMessage(HttpMethod.Get, uri) { Version = client.HttpClient.DefaultRequestVersion, VersionPolicy = client.HttpClient.DefaultVersionPolicy };
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        return await client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
    }

    private WatchChange<T>? Parse(ReadOnlySequence<byte> line)
    {
        using var json = JsonDocument.Parse(line);
        var type = json.RootElement.GetProperty("type").GetString();
        var body = json.RootElement.GetProperty("object");
        if (type == "ERROR")
        {
            resourceVersion = null;
            return null;
        }

        resourceVersion = body.GetProperty("metadata").GetProperty("resourceVersion").GetString();
        return type switch
        {
            "ADDED" or "MODIFIED" => new WatchChange<T>(WatchChangeKind.Upserted, [read(body)], resourceVersion) { IsNew = type == "ADDED" },
            "DELETED" => new WatchChange<T>(WatchChangeKind.Deleted, [read(body)], resourceVersion),
            _ => null,
        };
    }
}
