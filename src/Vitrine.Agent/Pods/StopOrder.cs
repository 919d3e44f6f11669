using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>Whose turn it is while a pod's containers are stopped: sidecars after the other containers, and among themselves in the reverse order of their start.</summary>
internal sealed class StopOrder
{
    private readonly Dictionary<string, TaskCompletionSource> ended;
    private readonly Dictionary<string, Task> turns = new(StringComparer.Ordinal);

    /// <param name="running">Names of the containers that are being stopped.</param>
    public StopOrder(V1Pod pod, IEnumerable<string> running)
    {
        ended = running.Distinct().ToDictionary(name => name, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), StringComparer.Ordinal);
        var before = pod.Spec.Containers.Select(c => c.Name).ToList();
        foreach (var sidecar in (pod.Spec.InitContainers ?? []).Where(RestartRule.IsSidecar).Reverse())
        {
            turns[sidecar.Name] = Task.WhenAll(before.Where(ended.ContainsKey).Select(name => ended[name].Task));
            before.Add(sidecar.Name);
        }
    }

    /// <summary>Returns when all have ended that go first, or when the time is over.</summary>
    public async Task TurnAsync(string name, TimeSpan limit, TimeProvider time, CancellationToken ct)
    {
        if (turns.TryGetValue(name, out var turn))
        {
            await turn.WaitAsync(limit, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ct.ThrowIfCancellationRequested();
        }
    }

    public void Ended(string name) => ended[name].TrySetResult();
}
