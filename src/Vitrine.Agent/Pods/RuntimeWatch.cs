using Grpc.Core;
using Vitrine.Agent.Cri;

namespace Vitrine.Agent.Pods;

/// <summary>
/// Says which pods changed in the runtime. containerd's task events say when to look; a slow list makes up for lost ones,
/// and for a runtime that was restarted.
/// </summary>
internal sealed class RuntimeWatch(NodeContext node)
{
    private static readonly TimeSpan Relist = TimeSpan.FromSeconds(10);

    // CRI learns of an exit by the same event: its own list may lag behind by this much.
    private static readonly TimeSpan[] Settling = [TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(25), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(400)];

    private readonly SemaphoreSlim hints = new(0, 1);
    private Dictionary<string, string> seen = new(StringComparer.Ordinal);

    public async Task RunAsync(Action<string> podChanged, CancellationToken ct) => await Task.WhenAll(ListenAsync(ct), ListAsync(podChanged, ct)).ConfigureAwait(false);

    private async Task ListenAsync(CancellationToken ct)
    {
        var request = new SubscribeRequest();
        request.Filters.Add("topic==\"/tasks/exit\"");
        request.Filters.Add("topic==\"/tasks/oom\"");
        while (true)
        {
            try
            {
                using var stream = node.Runtime.Events.Subscribe(request, cancellationToken: ct);
                while (await stream.ResponseStream.MoveNext(ct).ConfigureAwait(false))
                {
                    Hint();
                }
            }
            catch (RpcException) when (!ct.IsCancellationRequested)
            {
                // containerd is restarting; its keeper logs that, and the list below goes on.
            }

            Hint();
            await Task.Delay(TimeSpan.FromSeconds(1), node.Time, ct).ConfigureAwait(false);
        }
    }

    private async Task ListAsync(Action<string> podChanged, CancellationToken ct)
    {
        while (true)
        {
            var hinted = await hints.WaitAsync(Relist, ct).ConfigureAwait(false);
            foreach (var delay in hinted ? Settling : [TimeSpan.Zero])
            {
                await Task.Delay(delay, node.Time, ct).ConfigureAwait(false);
                try
                {
                    await CompareAsync(podChanged, ct).ConfigureAwait(false);
                }
                catch (RpcException) when (!ct.IsCancellationRequested)
                {
                    // As above: the next round sees the runtime again.
                }
            }
        }
    }

    private async Task CompareAsync(Action<string> podChanged, CancellationToken ct)
    {
        var sandboxes = node.Runtime.Runtime.ListPodSandboxAsync(new ListPodSandboxRequest(), cancellationToken: ct).ResponseAsync;
        var containers = await node.Runtime.Runtime.ListContainersAsync(new ListContainersRequest(), cancellationToken: ct).ConfigureAwait(false);
        var now = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var sandbox in (await sandboxes.ConfigureAwait(false)).Items)
        {
            now[sandbox.Metadata.Uid] = now.GetValueOrDefault(sandbox.Metadata.Uid) + sandbox.Id + (int)sandbox.State;
        }

        foreach (var container in containers.Containers)
        {
            if (container.Labels.TryGetValue(CriLabels.PodUid, out var uid))
            {
                now[uid] = now.GetValueOrDefault(uid) + container.Id + (int)container.State;
            }
        }

        var changed = now.Where(p => seen.GetValueOrDefault(p.Key) != p.Value).Select(p => p.Key).Concat(seen.Keys.Where(k => !now.ContainsKey(k))).ToList();
        seen = now;
        changed.ForEach(podChanged);
    }

    private void Hint()
    {
        try
        {
            hints.Release();
        }
        catch (SemaphoreFullException)
        {
            // A look is due already.
        }
    }
}
