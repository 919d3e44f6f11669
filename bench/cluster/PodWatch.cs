using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace Vitrine.Bench.Cluster;

/// <summary>One watch on all pods; says when the events were read. A pod's name may be used once.</summary>
internal sealed class PodWatch : IDisposable
{
    private readonly ConcurrentDictionary<(string Name, bool Gone), TaskCompletionSource<long>> seen = [];
    private readonly StreamReader events;

    internal PodWatch(StreamReader events)
    {
        this.events = events;
        _ = ReadAsync();
    }

    /// <summary>Timestamp of the first event in which every container of the pod is running.</summary>
    internal Task<long> Running(string name) => Of(name, gone: false).Task.WaitAsync(TimeSpan.FromMinutes(2));

    /// <summary>Timestamp of the event that deletes it.</summary>
    internal Task<long> Gone(string name) => Of(name, gone: true).Task.WaitAsync(TimeSpan.FromMinutes(2));

    public void Dispose() => events.Dispose();

    private async Task ReadAsync()
    {
        while (await events.ReadLineAsync() is { } line)
        {
            var now = Stopwatch.GetTimestamp();
            using var change = JsonDocument.Parse(line);
            var pod = change.RootElement.GetProperty("object");
            var name = pod.GetProperty("metadata").GetProperty("name").GetString()!;
            if (change.RootElement.GetProperty("type").ValueEquals("DELETED"))
                Of(name, gone: true).TrySetResult(now);
            else if (IsRunning(pod))
                Of(name, gone: false).TrySetResult(now);
        }
    }

    private TaskCompletionSource<long> Of(string name, bool gone) =>
        seen.GetOrAdd((name, gone), _ => new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously));

    private static bool IsRunning(JsonElement pod) =>
        pod.GetProperty("status").TryGetProperty("containerStatuses", out var statuses)
        && statuses.GetArrayLength() == pod.GetProperty("spec").GetProperty("containers").GetArrayLength()
        && statuses.EnumerateArray().All(s => s.GetProperty("state").TryGetProperty("running", out _));
}
