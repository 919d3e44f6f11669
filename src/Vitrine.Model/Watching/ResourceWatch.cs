using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using k8s;

namespace Vitrine.Model.Watching;

/// <summary>
/// List, then watch from the list's resourceVersion, for ever: resumed where it broke, listed again when the server says
/// that version is gone (410). See "Efficient detection of changes" in the Kubernetes API concepts.
/// <list type="bullet">
/// <item>Lists are as of any moment not before what was seen, which an API server answers from memory; etcd is asked only where it cannot.</item>
/// <item>While the API is away the pause doubles from 50 ms to 5 s (<see cref="ApiDoor"/>); where it refuses (403, 404), to a minute.</item>
/// </list>
/// </summary>
/// <param name="client">To whom.</param>
/// <param name="path">Of the collection, e.g. "api/v1/pods".</param>
/// <param name="selector">Query for label and field selectors, or empty.</param>
/// <param name="time">For the pauses.</param>
/// <param name="read">One object of the list or the watch; null for the client's typed models.</param>
/// <param name="accept">Media types to ask for; null for plain JSON.</param>
/// <param name="door">Shared by the watches of a process; null for one of its own.</param>
public sealed class ResourceWatch<T>(Kubernetes client, string path, string selector, TimeProvider time, Func<JsonElement, T>? read = null, string? accept = null, ApiDoor? door = null)
    where T : class
{
    // An API server that answers from memory sends all at once whatever the limit; one that has to ask etcd sends pages.
    private const int PageSize = 500;
    private const string Any = "0", Newest = "";
    private readonly ApiDoor door = door ?? new ApiDoor(time);
    private readonly Func<JsonElement, T> read = read ?? (static e => FieldOwners.Dropped(KubernetesJson.Deserialize<T>(e)));
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRefused = TimeSpan.FromMinutes(1);

    private string? resourceVersion;
    private string notBefore = Any;

    /// <summary>Whether this answer to a request ends it all, as "no such kind" does where a kind may be missing; null for none.</summary>
    public Func<HttpStatusCode, bool>? EndsAt { get; init; }

    /// <summary>Changes in order. Ends only by cancellation, or as <see cref="EndsAt"/> says. <paramref name="failed"/> hears why a request did not work.</summary>
    public async IAsyncEnumerable<WatchChange<T>> RunAsync(Action<string> failed, [EnumeratorCancellation] CancellationToken ct)
    {
        var pause = ShortestPause;
        while (!ct.IsCancellationRequested)
        {
            await using var changes = OnceAsync(ct).GetAsyncEnumerator(ct);
            var (heard, refused) = (false, false);
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
                    var status = (e as HttpRequestException)?.StatusCode;
                    if (status is { } said && EndsAt?.Invoke(said) == true)
                    {
                        yield break;
                    }

                    failed($"watch of {path}: {e.Message}");
                    heard = false;
                    refused = status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.Unauthorized;
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

            if (door.IsClosed)
            {
                continue;
            }

            await Task.Delay(ApiDoor.Jittered(pause), time, ct);
            var longest = refused ? LongestRefused : LongestPause;
            pause = pause * 2 < longest ? pause * 2 : longest;
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
        var objects = new List<T>();
        // A limit with a version of one's own would mean exactly that one, from etcd.
        var query = notBefore is Any or Newest ? $"limit={PageSize}&resourceVersion={notBefore}" : $"resourceVersion={notBefore}";
        for (var page = query; ;)
        {
            using var response = await SendAsync(page, ct);
            if (!response.IsSuccessStatusCode)
            {
                // A server whose memory is behind, or whose data is another: what etcd has is right.
                notBefore = notBefore is Any || response.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests ? notBefore : Newest;
            }

            response.EnsureSuccessStatusCode();
            var list = new ListReader<T>(read, objects);
            await list.ReadAsync(await response.Content.ReadAsStreamAsync(ct), ct);
            if (list.Continue.Length == 0)
            {
                resourceVersion = notBefore = list.Version!;
                return new WatchChange<T>(WatchChangeKind.Replaced, objects, resourceVersion);
            }

            page = $"limit={PageSize}&continue={Uri.EscapeDataString(list.Continue)}";
        }
    }

    private async Task<HttpResponseMessage> SendAsync(string query, CancellationToken ct)
    {
        var uri = new Uri(client.BaseUri, $"{path}?{selector}{(selector.Length > 0 && query.Length > 0 ? "&" : "")}{query}");
        using var request = new HttpRequestMessage(HttpMethod.Get, uri) { Version = client.HttpClient.DefaultRequestVersion, VersionPolicy = client.HttpClient.DefaultVersionPolicy };
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        return await door.SendAsync(() => client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct), ct);
    }

    private WatchChange<T>? Parse(ReadOnlySequence<byte> line)
    {
        using var json = JsonDocument.Parse(line);
        try
        {
            return Parse(json.RootElement);
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException)
        {
            throw new JsonException($"an event of the watch cannot be read: {e.Message}", e);
        }
    }

    private WatchChange<T>? Parse(JsonElement change)
    {
        var type = change.GetProperty("type").GetString();
        var body = change.GetProperty("object");
        if (type == "ERROR")
        {
            resourceVersion = null;
            return null;
        }

        resourceVersion = body.GetProperty("metadata").GetProperty("resourceVersion").GetString();
        notBefore = resourceVersion ?? notBefore;
        return type switch
        {
            "ADDED" or "MODIFIED" => new WatchChange<T>(WatchChangeKind.Upserted, [read(body)], resourceVersion) { IsNew = type == "ADDED" },
            "DELETED" => new WatchChange<T>(WatchChangeKind.Deleted, [read(body)], resourceVersion),
            _ => null,
        };
    }
}
