using System.Runtime.CompilerServices;
using k8s;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Model.Watching;

/// <summary>
/// What a node's gateway is to serve, each time it is something else: changes that come while somebody is busy with the last plan fold into one. A plan
/// that refers to a Secret nobody looked for yet waits until it was: else a route would lose its users or its certificate for a moment.
/// </summary>
public sealed class GatewayLoop
{
    private const WatchedKinds Kinds = WatchedKinds.Services | WatchedKinds.Slices | WatchedKinds.Ingresses | WatchedKinds.IngressClasses | WatchedKinds.GatewayApi | WatchedKinds.Namespaces;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly Kubernetes client;
    private readonly SnapshotFeed feed;
    private readonly ApiDoor door;
    private readonly Action<string> failed;
    private readonly TimeProvider time;

    /// <param name="client">the API, for what is referred to</param>
    /// <param name="watch">not yet running: it is subscribed to here</param>
    /// <param name="failed">hears why a request did not work</param>
    /// <param name="time">the clock</param>
    public GatewayLoop(Kubernetes client, AgentWatch watch, Action<string> failed, TimeProvider time) =>
        (this.client, feed, door, this.failed, this.time) = (client, watch.Subscribe(Kinds), watch.Door, failed, time);

    /// <summary>The first plan comes once everything was listed. Ends only by cancellation.</summary>
    public async IAsyncEnumerable<GatewayPlan> RunAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var compiler = new GatewayCompiler();
        await using var references = new ReferenceWatch(client, () => feed.Signal.Writer.TryWrite(true), failed, time, door);
        GatewayPlan? last = null;
        while (await feed.Signal.Reader.WaitToReadAsync(ct).ConfigureAwait(false))
        {
            feed.Signal.Reader.TryRead(out _);
            if (feed.Take() is not var (snapshot, changed))
                continue;
            var plan = compiler.Compile(references.Into(snapshot), changed);
            references.Follow(compiler.Secrets, compiler.ConfigMaps);
            if (!references.Complete)
            {
                await WaitAsync(references, ct).ConfigureAwait(false);
                plan = compiler.Compile(references.Into(snapshot), changed);
            }
            if (last is not null && last.IsSame(plan))
                continue;
            yield return last = plan;
        }
    }

    private async Task WaitAsync(ReferenceWatch references, CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
        try
        {
            while (!references.Complete)
            {
                await feed.Signal.Reader.WaitToReadAsync(either.Token).ConfigureAwait(false);
                feed.Signal.Reader.TryRead(out _);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // The API is away: what is known is better than nothing.
        }
        // What was heard meanwhile is looked at next.
        feed.Signal.Writer.TryWrite(true);
    }
}
