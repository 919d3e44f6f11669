using k8s;
using k8s.Autorest;
using Microsoft.Extensions.Logging;
using Vitrine.Linux.Interop;
using Vitrine.Model.Snapshot;
using Vitrine.Model.Watching;

namespace Vitrine.Attaching;

/// <summary>Before a component begins it is seen to that nobody else does its work; while it runs, whoever begins to is told of, not fought.</summary>
internal sealed partial class ConflictWatch(AttachedOptions options, Kubernetes api, ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2), Look = TimeSpan.FromMinutes(1), Patience = TimeSpan.FromSeconds(5);
    private readonly HashSet<string> told = [];

    /// <summary>Returns once all is clear; waits for the API, unless an agent was at work here before.</summary>
    /// <exception cref="CommandFailure">somebody does already what is wanted</exception>
    public async Task RequireNoneAsync(CancellationToken ct)
    {
        var found = Scan(options.Components.HasFlag(NodeComponents.Routes) ? await NodesAsync(ct) : []);
        foreach (var one in found.Where(c => !c.IsFatal && told.Add(c.Found)))
            Beside($"{one}");
        if (found.Where(c => c.IsFatal).ToArray() is { Length: > 0 } fatal)
            throw new CommandFailure($"node {options.NodeName} has that already: {string.Join("; ", fatal.Select(c => $"{ComponentList.Write(c.Component)}: {c.Found}"))}", string.Join("; ", fatal.Select(c => c.Remedy).Distinct()));
    }

    /// <summary>Until cancelled.</summary>
    /// <param name="feed">of nodes</param>
    /// <param name="ct">ends it</param>
    public async Task RunAsync(SnapshotFeed feed, CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(Look, time, ct);
            try
            {
                foreach (var one in Scan(feed.Take()?.Snapshot.Nodes.Values ?? []).Where(c => told.Add(c.Found)))
                    Beside($"{one}");
            }
            catch (LinuxException e)
            {
                Beside(e.Message);
            }
        }
    }

    private IReadOnlyList<Conflict> Scan(IEnumerable<Node> nodes) => ConflictScan.Read(options.Components, options.CniConfDirectory, options.ClusterDns, options.NodeName, nodes);

    private async Task<IReadOnlyList<Node>> NodesAsync(CancellationToken ct)
    {
        var wasClear = ConflictScan.WasClear();
        while (true)
        {
            using var patience = new CancellationTokenSource(wasClear ? Patience : Timeout.InfiniteTimeSpan, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
            try
            {
                // 0: as of any moment, which the API server answers from memory.
                return [.. (await api.CoreV1.ListNodeAsync(resourceVersion: "0", cancellationToken: either.Token)).Items.Select(SnapshotReader.Read)];
            }
            catch (Exception e) when (!ct.IsCancellationRequested && e is HttpRequestException or HttpOperationException or OperationCanceledException)
            {
                var why = (e as HttpOperationException)?.Response.Content ?? e.Message;
                if (told.Add(why))
                    Waiting(why);
                // Whose routes there are is looked at again once nodes are known.
                if (wasClear)
                    return [];
            }
            await Task.Delay(Retry, time, ct);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "somebody else is at work here: {Conflict}")]
    private partial void Beside(string conflict);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the API cannot be asked yet: {Reason}")]
    private partial void Waiting(string reason);
}
