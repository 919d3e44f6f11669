using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using k8s;
using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>The pods bound to one node: a list, then a watch from its version; a new list when the API has forgotten that version.</summary>
internal sealed class PodSource(Kubernetes api, string nodeName, TimeProvider time)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);

    /// <summary>Endless. A change without a pod says that the whole list is in <see cref="PodChange.All"/>.</summary>
    public async IAsyncEnumerable<PodChange> ReadAsync(Action<string> failed, [EnumeratorCancellation] CancellationToken ct)
    {
        string? version = null;
        var retry = FirstRetry;
        while (true)
        {
            if (version is null)
            {
                PodChange? all = null;
                try
                {
                    var list = await api.CoreV1.ListPodForAllNamespacesAsync(fieldSelector: $"spec.nodeName={nodeName}", cancellationToken: ct).ConfigureAwait(false);
                    version = list.Metadata.ResourceVersion;
                    all = new PodChange(PodChangeType.Listed, null, list.Items);
                }
                catch (Exception e) when (!ct.IsCancellationRequested && e is k8s.Autorest.HttpOperationException or HttpRequestException or JsonException or OperationCanceledException)
                {
                    failed($"listing this node's pods: {e.Message}");
                }

                if (all is not null)
                {
                    yield return all;
                }
                else
                {
                    await Task.Delay(retry, time, ct).ConfigureAwait(false);
                    retry = Longer(retry);
                    continue;
                }
            }

            await foreach (var change in WatchAsync(version!, failed, ct).ConfigureAwait(false))
            {
                version = change.Version;
                retry = FirstRetry;
                if (change.Change is { } known)
                {
                    yield return known;
                }
            }

            if (version is not null)
            {
                await Task.Delay(retry, time, ct).ConfigureAwait(false);
                retry = Longer(retry);
            }
        }
    }

    private static TimeSpan Longer(TimeSpan retry) => retry * 2 < LongestRetry ? retry * 2 : LongestRetry;

    private async IAsyncEnumerable<(string? Version, PodChange? Change)> WatchAsync(string from, Action<string> failed, [EnumeratorCancellation] CancellationToken ct)
    {
        var uri = new Uri(api.BaseUri, $"api/v1/pods?watch=true&allowWatchBookmarks=true&resourceVersion={from}&fieldSelector=spec.nodeName%3D{Uri.EscapeDataString(nodeName)}");
        using var request = new HttpRequestMessage(HttpMethod.Get, uri) { Version = HttpVersion.Version20 };
        HttpResponseMessage? answer = null;
        StreamReader? lines = null;
        try
        {
            try
            {
                answer = await api.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct).ConfigureAwait(false);
                answer.EnsureSuccessStatusCode();
                lines = new StreamReader(await answer.Content.ReadAsStreamAsync(ct).ConfigureAwait(false));
            }
            catch (Exception e) when (!ct.IsCancellationRequested && e is HttpRequestException or IOException or OperationCanceledException)
            {
                failed($"watching this node's pods: {e.Message}");
            }

            if (lines is null)
            {
                if (answer?.StatusCode == HttpStatusCode.Gone)
                {
                    yield return (null, null);
                }

                yield break;
            }

            while (true)
            {
                string? line = null;
                try
                {
                    line = await lines.ReadLineAsync(ct).ConfigureAwait(false);
                }
                catch (Exception e) when (!ct.IsCancellationRequested && e is HttpRequestException or IOException or OperationCanceledException)
                {
                    failed($"watching this node's pods: {e.Message}");
                }

                if (line is null)
                {
                    yield break;
                }

                (string? Version, PodChange? Change) read;
                try
                {
                    read = Read(line);
                }
                catch (JsonException e)
                {
                    failed($"reading a watch event: {e.Message}");
                    read = (null, null);
                }

                yield return read;
                if (read.Version is null)
                {
                    yield break;
                }
            }
        }
        finally
        {
            lines?.Dispose();
            answer?.Dispose();
        }
    }

    private static (string? Version, PodChange? Change) Read(string line)
    {
        using var document = JsonDocument.Parse(line);
        var type = document.RootElement.GetProperty("type").GetString();
        var body = document.RootElement.GetProperty("object");
        if (type == "ERROR")
        {
            return (null, null);
        }

        var version = body.GetProperty("metadata").GetProperty("resourceVersion").GetString();
        if (type == "BOOKMARK")
        {
            return (version, null);
        }

        var pod = KubernetesJson.Deserialize<V1Pod>(body.GetRawText());
        return (version, new PodChange(type == "DELETED" ? PodChangeType.Deleted : PodChangeType.Set, pod, null));
    }
}
