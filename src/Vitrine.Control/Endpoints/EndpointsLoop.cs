using System.Threading.Channels;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Vitrine.Control.Api;
using Vitrine.Control.Services;
using Vitrine.Model.Watching;

namespace Vitrine.Control.Endpoints;

/// <summary>
/// Who is behind each Service: EndpointSlices, Endpoints, and slices of hand-made Endpoints. A change goes straight from its watch to
/// the Services it concerns and is written at once — packets wait for it — while further changes of the same Service fold into the next
/// look. Nothing here goes over all Services for the sake of one.
/// </summary>
internal sealed partial class EndpointsLoop(Kubernetes client, ApiClient api, Func<CancellationToken, Task>? apiService, ILogger logger, TimeProvider time)
{
    private const int Workers = 16;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly EndpointState state = new();
    private readonly Lock guard = new();
    private readonly HashSet<string> unlisted = ["pods", "nodes", "services", "slices", "endpoints"];
    private readonly HashSet<string> queued = [];
    private readonly HashSet<string> busy = [];
    private readonly HashSet<string> again = [];
    private readonly Dictionary<string, int> failures = [];

    // Unbounded, but each Service stands in it at most once.
    private readonly Channel<string> queue = Channel.CreateUnbounded<string>();

    public void Pods(WatchChange<V1Pod> change) => Enqueue("pods", state.Apply(change));

    public void Nodes(WatchChange<V1Node> change) => Enqueue("nodes", state.Apply(change));

    public void Services(WatchChange<V1Service> change) => Enqueue("services", state.Apply(change));

    /// <summary>Runs until cancelled.</summary>
    public Task RunAsync(CancellationToken ct)
    {
        var controller = new EndpointController(api, state);
        return Task.WhenAll(
        [
            FollowAsync<V1EndpointSlice>(Resource.EndpointSlices, c => Enqueue("slices", state.Apply(c)), ct),
            FollowAsync<V1Endpoints>(Resource.Endpoints, c => Enqueue("endpoints", state.Apply(c)), ct),
            .. Enumerable.Range(0, Workers).Select(_ => WorkAsync(controller, ct)),
        ]);
    }

    private Task FollowAsync<T>(Resource resource, Action<WatchChange<T>> take, CancellationToken ct)
        where T : class
    {
        return Restart.RunAsync($"watch of {resource.Plural}", RunAsync, logger, time, ct);

        async Task RunAsync(CancellationToken stop)
        {
            await foreach (var change in new ResourceWatch<T>(client, resource.In(), "", time).RunAsync(Broken, stop))
            {
                take(change);
            }
        }
    }

    private async Task WorkAsync(EndpointController controller, CancellationToken ct)
    {
        await foreach (var key in queue.Reader.ReadAllAsync(ct))
        {
            lock (guard)
            {
                queued.Remove(key);
                if (!busy.Add(key))
                {
                    again.Add(key);
                    continue;
                }
            }

            var failed = true;
            try
            {
                await (key == ApiServiceController.Key && apiService is not null ? apiService(ct) : controller.LookAsync(key, ct));
                failed = false;
            }
            catch (ApiException e) when (e.Stale)
            {
                // Somebody else wrote first: look again at what is there now.
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                Failed(key, e.Message);
            }

            Done(key, failed, ct);
        }
    }

    private void Done(string key, bool failed, CancellationToken ct)
    {
        lock (guard)
        {
            busy.Remove(key);
            var changed = again.Remove(key);
            if (!failed)
            {
                failures.Remove(key);
                if (changed && queued.Add(key))
                {
                    queue.Writer.TryWrite(key);
                }

                return;
            }

            failures[key] = failures.GetValueOrDefault(key) + 1;
            _ = AgainAsync(key, failures[key], ct);
        }
    }

    private async Task AgainAsync(string key, int count, CancellationToken ct)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(count - 1, 11));
        await Task.Delay(pause < LongestPause ? pause : LongestPause, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Enqueue("", [key]);
    }

    private void Enqueue(string listed, IReadOnlyCollection<string> keys)
    {
        lock (guard)
        {
            // Before everything was listed once, what is missing may only not have been read yet.
            if (unlisted.Remove(listed) && unlisted.Count == 0)
            {
                keys = state.All;
            }

            foreach (var key in unlisted.Count > 0 ? [] : keys)
            {
                if (queued.Add(key))
                {
                    queue.Writer.TryWrite(key);
                }
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "endpoints of {service}: {reason}")]
    private partial void Failed(string service, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{reason}")]
    private partial void Broken(string reason);
}
