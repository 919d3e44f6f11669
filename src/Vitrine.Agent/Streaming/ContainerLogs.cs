using System.Globalization;
using Microsoft.AspNetCore.Http;
using Vitrine.Agent.Cri;
using Vitrine.Agent.Logs;
using Vitrine.Agent.Pods;

namespace Vitrine.Agent.Streaming;

/// <summary>GET /containerLogs/NAMESPACE/POD/CONTAINER with PodLogOptions as query.</summary>
internal sealed class ContainerLogs(NodeContext node)
{
    public async Task WriteAsync(HttpContext http, PodWorker worker, string container)
    {
        var query = http.Request.Query;
        var previous = QuerySwitch.IsOn(query, "previous");
        var runtime = await new RuntimePodReader(node.Runtime).ReadAsync(worker.Pod.Metadata.Uid, http.RequestAborted).ConfigureAwait(false);
        var chosen = Choose(worker, runtime, container, previous);
        var path = Path.Combine(node.Paths.Logs(worker.Pod), PodPaths.LogFile(container, (int)chosen.Metadata.Attempt));
        if (!LogFiles.Of(path).Any(File.Exists) || new FileInfo(path).LinkTarget is not null)
        {
            throw new KubeletException(404, $"the log of container {container} in pod {worker.Pod.Metadata.Name} is not on this node");
        }

        http.Response.ContentType = "text/plain";
        await http.Response.StartAsync(http.RequestAborted).ConfigureAwait(false);
        await new LogReader(path, Options(query), node.Time, ct => EndedAsync(chosen, ct)).CopyAsync(http.Response.BodyWriter, http.RequestAborted).ConfigureAwait(false);
    }

    private static ContainerStatus Choose(PodWorker worker, RuntimePod runtime, string container, bool previous)
    {
        var history = runtime.Of(container).Where(c => c.State != ContainerState.ContainerCreated).ToList();
        // While the container waits for its next start, its last run is both the current and the previous one, as upstream.
        var waiting = worker.Memory.Waiting.ContainsKey(container);
        var chosen = previous && !waiting ? history.Skip(1).FirstOrDefault() : history.FirstOrDefault();
        return chosen ?? throw new KubeletException(400, previous
            ? $"previous terminated container \"{container}\" in pod \"{worker.Pod.Metadata.Name}\" not found"
            : $"container \"{container}\" in pod \"{worker.Pod.Metadata.Name}\" is waiting to start: {(worker.Memory.Waiting.TryGetValue(container, out var why) ? why.Reason : worker.Pod.Spec.InitContainers is { Count: > 0 } ? "PodInitializing" : "ContainerCreating")}");
    }

    private async Task<bool> EndedAsync(ContainerStatus container, CancellationToken ct) =>
        container.State != ContainerState.ContainerRunning
        || (await node.Runtime.Runtime.ContainerStatusAsync(new ContainerStatusRequest { ContainerId = container.Id }, cancellationToken: ct).ConfigureAwait(false)).Status.State != ContainerState.ContainerRunning;

    private LogOptions Options(IQueryCollection query)
    {
        DateTimeOffset? since = Number(query, "sinceSeconds") is { } seconds ? node.Time.GetUtcNow().AddSeconds(-seconds) : null;
        if (query["sinceTime"].ToString() is { Length: > 0 } text)
        {
            since = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : throw new KubeletException(400, $"sinceTime \"{text}\" is not an RFC 3339 time");
        }

        return new LogOptions(QuerySwitch.IsOn(query, "follow"), Number(query, "tailLines"), since, QuerySwitch.IsOn(query, "timestamps"), Number(query, "limitBytes"));
    }

    private static long? Number(IQueryCollection query, string name) =>
        query[name].ToString() is not { Length: > 0 } text ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new KubeletException(400, $"{name} \"{text}\" is not a number");
}
