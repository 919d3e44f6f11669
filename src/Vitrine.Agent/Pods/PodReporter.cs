using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>Computes a pod's status and sends it to the API: the pod itself, or the mirror of a static one.</summary>
internal sealed class PodReporter(NodeContext node, PodWorker worker, RuntimePodReader reader) : IDisposable
{
    private readonly PodStatusWriter writer = new(node.Api);
    private readonly SemaphoreSlim reporting = new(1);
    private V1PodStatus? reported;

    /// <param name="runtime">What the runtime holds, where it was just read.</param>
    public async Task ReportAsync(V1Pod current, CancellationToken ct, RuntimePod? runtime = null)
    {
        await reporting.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            // Read under the lock: containers start in parallel, and an older view must not be sent after a newer one.
            runtime ??= await reader.ReadAsync(current.Metadata.Uid, ct).ConfigureAwait(false);
            // Conditions keep their transition times by what was reported last, which the watch may not have echoed yet.
            var status = PodStatusPlan.Compute(new V1Pod { Metadata = current.Metadata, Spec = current.Spec, Status = Known(current) }, runtime, worker.Memory, node.HostIps, node.Time.GetUtcNow());
            var target = StaticPod.Is(current) ? worker.Mirror : current;
            if (target is null || await writer.WriteAsync(target, status, ct).ConfigureAwait(false))
            {
                reported = status;
            }
        }
        finally
        {
            reporting.Release();
        }
    }

    /// <summary>The last step of a graceful deletion.</summary>
    public Task DeleteAsync(V1Pod current, CancellationToken ct) => writer.DeleteAsync(current, ct);

    public void Dispose() => reporting.Dispose();

    /// <summary>What was reported last, with the conditions others have written since: readiness gates, disruption.</summary>
    private V1PodStatus? Known(V1Pod current)
    {
        if (reported is null)
        {
            return StaticPod.Is(current) ? worker.Mirror?.Status : current.Status;
        }

        reported.Conditions = [.. (reported.Conditions ?? []).Where(c => PodConditions.IsOwn(c.Type)), .. (worker.Pod.Status?.Conditions ?? []).Where(c => !PodConditions.IsOwn(c.Type))];
        return reported;
    }
}
