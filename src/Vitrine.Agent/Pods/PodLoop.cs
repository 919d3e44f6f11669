using System.Collections.Concurrent;
using Grpc.Core;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Vitrine.Agent.Cri;
using Vitrine.Agent.Probes;
using Vitrine.Model.Watching;

namespace Vitrine.Agent.Pods;

/// <summary>One worker per pod of this node; tells a worker when the API or the runtime changed; takes away what no longer has a pod.</summary>
internal sealed partial class PodLoop(NodeContext node, ResourceWatch<V1Pod> pods, ILogger<PodLoop> log) : IDisposable
{
    private readonly ConcurrentDictionary<string, PodWorker> workers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, V1Pod> mirrors = new(StringComparer.Ordinal);
    private readonly Probers probers = new();
    private readonly TaskCompletionSource statics = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource listed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The pods this node holds now.</summary>
    public IEnumerable<PodWorker> Workers => workers.Values;

    /// <summary>The worker of a pod by its names, or null.</summary>
    public PodWorker? Find(string ns, string name) =>
        workers.Values.FirstOrDefault(w => w.Pod.Metadata.Name == name && w.Pod.Metadata.NamespaceProperty == ns);

    /// <summary>The API has been heard once.</summary>
    public bool IsListed => listed.Task.IsCompletedSuccessfully;

    /// <summary>What stands in the API for static pods of this node.</summary>
    public IEnumerable<V1Pod> Mirrors => mirrors.Values;

    public bool HasStatic(string uid) => workers.ContainsKey(uid);

    /// <summary>Static pods the API knows nothing of.</summary>
    public IEnumerable<V1Pod> WithoutMirror() => workers.Values.Where(w => StaticPod.Is(w.Pod) && !w.IsGone && w.Mirror is null).Select(w => w.Pod);

    /// <summary>The static pods as they shall be: what is no longer among them ends. One whose file has changed is another pod, which waits for the end of the first.</summary>
    public void SetStatic(IReadOnlyList<V1Pod> wanted, CancellationToken ct)
    {
        foreach (var worker in workers.Values.Where(w => StaticPod.Is(w.Pod) && wanted.All(p => p.Metadata.Uid != w.Pod.Metadata.Uid)))
        {
            worker.MarkGone();
        }

        foreach (var pod in wanted.Where(p => Find(p.Metadata.NamespaceProperty, p.Metadata.Name) is null))
        {
            Set(pod, ct);
        }

        foreach (var worker in workers.Values.Where(w => StaticPod.Is(w.Pod)))
        {
            worker.Mirror = mirrors.Values.FirstOrDefault(m => StaticPod.MirrorOf(m) == worker.Pod.Metadata.Uid && m.Metadata.DeletionTimestamp is null);
        }

        statics.TrySetResult();
    }

    /// <summary>Until cancelled, or until one of its parts fails: a loop that hears of no more pods must not look alive.</summary>
    public async Task RunAsync(CancellationToken ct) =>
        await (await Task.WhenAny(FollowApiAsync(ct), new RuntimeWatch(node).RunAsync(RuntimeChanged, ct), CollectAsync(ct)).ConfigureAwait(false)).ConfigureAwait(false);

    public void Dispose() => probers.Dispose();

    private async Task FollowApiAsync(CancellationToken ct)
    {
        await foreach (var change in pods.RunAsync(LogApi, ct).ConfigureAwait(false))
        {
            switch (change.Kind)
            {
                case WatchChangeKind.Replaced:
                    foreach (var gone in mirrors.Keys.Where(uid => change.Objects.All(p => p.Metadata.Uid != uid)).ToList())
                    {
                        mirrors.TryRemove(gone, out _);
                    }

                    foreach (var pod in change.Objects)
                    {
                        Set(pod, ct);
                    }

                    foreach (var (uid, worker) in workers)
                    {
                        if (!StaticPod.Is(worker.Pod) && change.Objects.All(p => p.Metadata.Uid != uid))
                        {
                            worker.MarkGone();
                        }
                    }

                    listed.TrySetResult();
                    break;
                case WatchChangeKind.Upserted:
                    Set(change.Objects[0], ct);
                    break;
                case WatchChangeKind.Deleted:
                    mirrors.TryRemove(change.Objects[0].Metadata.Uid, out _);
                    if (workers.TryGetValue(change.Objects[0].Metadata.Uid, out var deleted))
                    {
                        deleted.MarkGone();
                    }

                    break;
            }
        }
    }

    private void Set(V1Pod pod, CancellationToken ct)
    {
        if (StaticPod.IsMirror(pod))
        {
            mirrors[pod.Metadata.Uid] = pod;
            return;
        }

        if (workers.TryGetValue(pod.Metadata.Uid, out var known))
        {
            known.Update(pod);
            return;
        }

        var worker = new PodWorker(node, pod, probers, log);
        workers[pod.Metadata.Uid] = worker;
        worker.Start(ct);
        _ = ForgetAsync(pod.Metadata.Uid, worker, ct);
    }

    private async Task ForgetAsync(string uid, PodWorker worker, CancellationToken ct)
    {
        try
        {
            await worker.Completion.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            // A fault of our own in one pod must not take the others down; it is taken up anew, not too soon.
            LogFault(worker.Pod.Metadata.NamespaceProperty, worker.Pod.Metadata.Name, e);
            node.Events.Warning(worker.Pod, "FailedSync", $"error syncing pod: {e.Message}", null);
            await Task.Delay(BackOff.First, node.Time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            workers.TryRemove(uid, out _);
            worker.Dispose();
            if (!worker.IsGone && !ct.IsCancellationRequested)
            {
                Set(worker.Pod, ct);
            }

            return;
        }

        workers.TryRemove(uid, out _);
        worker.Dispose();
    }

    private void RuntimeChanged(string podUid)
    {
        if (workers.TryGetValue(podUid, out var worker))
        {
            worker.Nudge();
        }
    }

    /// <summary>Sandboxes, volumes, cgroups and logs of pods the API no longer knows: left by a kill, or by an agent that was away.</summary>
    private async Task CollectAsync(CancellationToken ct)
    {
        await Task.WhenAll(listed.Task, statics.Task).WaitAsync(ct).ConfigureAwait(false);
        var termination = new PodTermination(node, new LifecycleHooks(node.Runtime, probers.Http, node.Time));
        while (true)
        {
            var pause = TimeSpan.FromMinutes(1);
            try
            {
                var found = (await node.Runtime.Runtime.ListPodSandboxAsync(new ListPodSandboxRequest(), cancellationToken: ct).ConfigureAwait(false)).Items
                    .Select(s => s.Metadata.Uid)
                    .Concat(Directory.Exists(node.Paths.PodsRoot) ? Directory.EnumerateDirectories(node.Paths.PodsRoot).Select(d => Path.GetFileName(d)) : [])
                    .Distinct(StringComparer.Ordinal)
                    .ToList();
                foreach (var uid in found.Where(uid => !workers.ContainsKey(uid)))
                {
                    var runtime = await new RuntimePodReader(node.Runtime).ReadAsync(uid, ct).ConfigureAwait(false);
                    var logs = runtime.Sandboxes is [var s, ..] ? node.Paths.Logs(s.Metadata.Namespace, s.Metadata.Name, uid) : null;
                    await termination.RemoveAsync(uid, logs, runtime, ct).ConfigureAwait(false);
                    LogCollected(uid);
                }
            }
            catch (Exception e) when (!ct.IsCancellationRequested && e is RpcException or IOException or UnauthorizedAccessException)
            {
                // Most often a containerd that is just starting.
                pause = TimeSpan.FromSeconds(2);
                LogCollectFailed(e.Message);
            }

            await Task.Delay(pause, node.Time, ct).ConfigureAwait(false);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{What}; trying again")]
    private partial void LogApi(string what);

    [LoggerMessage(Level = LogLevel.Error, Message = "the worker of pod {Namespace}/{Name} failed")]
    private partial void LogFault(string @namespace, string name, Exception e);

    [LoggerMessage(Level = LogLevel.Information, Message = "removed what was left of pod {Uid}, which the API does not know")]
    private partial void LogCollected(string uid);

    [LoggerMessage(Level = LogLevel.Warning, Message = "collecting leftovers of pods: {Why}; trying again in a minute")]
    private partial void LogCollectFailed(string why);
}
