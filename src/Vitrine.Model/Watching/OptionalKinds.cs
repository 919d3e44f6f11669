using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using k8s;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Watching;

/// <summary>
/// Kinds that an API has once somebody installs them. Discovery, which everybody may read, says whether it has; it is asked again when a
/// CustomResourceDefinition of the group comes or changes, as one watch of their names tells, and else hardly ever: eight kinds looked for twice a minute were
/// sixteen requests of each node.
/// </summary>
/// <param name="client">the API</param>
/// <param name="failed">hears why a request did not work</param>
/// <param name="time">the clock</param>
/// <param name="door">shared with the other watches of the process</param>
public sealed class OptionalKinds(Kubernetes client, Action<string> failed, TimeProvider time, ApiDoor door)
{
    private const string Definitions = "apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    private const string NamesOnly =
        "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";

    // A definition is there a little before its kind is served.
    private const int LooksAfterNews = 6;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500), LookAgain = TimeSpan.FromMinutes(10);
    private readonly Lock writing = new();
    private readonly Dictionary<string, TaskCompletionSource> news = new(StringComparer.Ordinal);

    /// <summary>Hears of definitions until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var watch = new ResourceWatch<string>(client, Definitions, "", time, static e => e.Part("metadata").Text("name"), NamesOnly, door) { EndsAt = static s => s is HttpStatusCode.Forbidden or HttpStatusCode.NotFound };
        while (true)
        {
            await foreach (var change in watch.RunAsync(failed, ct).ConfigureAwait(false))
                // PLURAL.GROUP
                foreach (var group in change.Objects.Select(n => n[(n.IndexOf('.', StringComparison.Ordinal) + 1)..]).Distinct())
                    Tell(group);
            // Rights of an older version of ours: the slow look is what is left.
            await Task.Delay(ApiDoor.Jittered(LookAgain), time, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Changes of a kind's objects in order: none while it is not served, nor again once it no longer is. Ends only by cancellation.</summary>
    /// <param name="group">e.g. gateway.networking.k8s.io</param>
    /// <param name="version">e.g. v1</param>
    /// <param name="plural">as in URLs</param>
    /// <param name="read">one object</param>
    /// <param name="refusedIsNone">who may not read it takes it for absent</param>
    /// <param name="ct">ends it</param>
    public async IAsyncEnumerable<WatchChange<T>> WatchAsync<T>(string group, string version, string plural, Func<JsonElement, T> read, bool refusedIsNone, [EnumeratorCancellation] CancellationToken ct) where T : class
    {
        var path = $"apis/{group}/{version}/{plural}";
        for (int looks = 0, failures = 0; ;)
        {
            var next = NextOf(group);
            var served = await IsServedAsync(group, version, plural, ct).ConfigureAwait(false);
            if (served == true)
                await foreach (var change in new ResourceWatch<T>(client, path, "", time, read, door: door) { EndsAt = s => s == HttpStatusCode.NotFound || (refusedIsNone && s == HttpStatusCode.Forbidden) }.RunAsync(failed, ct).ConfigureAwait(false))
                    yield return change;
            if (served is null)
            {
                await Task.Delay(ApiDoor.Jittered(FirstPause * (1 << Math.Min(failures++, LooksAfterNews))), time, ct).ConfigureAwait(false);
                continue;
            }
            failures = 0;
            yield return new WatchChange<T>(WatchChangeKind.Replaced, []);
            if (looks > 0)
                await Task.Delay(ApiDoor.Jittered(FirstPause * (1 << (LooksAfterNews - looks--))), time, ct).ConfigureAwait(false);
            else
                looks = await NewsAsync(next, ct).ConfigureAwait(false) ? LooksAfterNews : 0;
        }
    }

    private void Tell(string group)
    {
        lock (writing)
            if (news.Remove(group, out var waiting))
                waiting.SetResult();
    }

    private Task NextOf(string group)
    {
        lock (writing)
        {
            if (!news.TryGetValue(group, out var waiting))
                news[group] = waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return waiting.Task;
        }
    }

    /// <returns>false where time went by without any</returns>
    private async Task<bool> NewsAsync(Task next, CancellationToken ct)
    {
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(next, Task.Delay(ApiDoor.Jittered(LookAgain), time, wait.Token)).ConfigureAwait(false);
        await wait.CancelAsync().ConfigureAwait(false);
        ct.ThrowIfCancellationRequested();
        return next.IsCompleted;
    }

    /// <returns>null where the API did not say</returns>
    private async Task<bool?> IsServedAsync(string group, string version, string plural, CancellationToken ct)
    {
        try
        {
            using var answer = await door.SendAsync(() => client.HttpClient.GetAsync(new Uri(client.BaseUri, $"apis/{group}/{version}"), ct), ct).ConfigureAwait(false);
            if (answer.StatusCode == HttpStatusCode.NotFound)
                return false;
            answer.EnsureSuccessStatusCode();
            using var resources = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(ct).ConfigureAwait(false));
            return resources.RootElement.Items("resources").Any(r => r.Text("name") == plural);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            failed($"looking for {plural}: {e.Message}");
            return null;
        }
    }
}
