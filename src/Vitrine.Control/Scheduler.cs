using k8s;
using k8s.Models;
using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;

namespace Vitrine.Control;

/// <summary>Binds what <see cref="SchedulePlan"/> places, and tells why it could not place the rest (condition and event).</summary>
internal sealed class Scheduler(Kubernetes client, TimeProvider time) : IController
{
    public async Task<bool> ReconcileAsync(ClusterSnapshot snapshot, CancellationToken ct)
    {
        var plan = SchedulePlan.Compile(snapshot);
        await Task.WhenAll(plan.Bindings.Select(b => BindAsync(b, ct)));
        foreach (var (pod, message) in plan.Unschedulable.Where(u => u.Pod.UnschedulableMessage != u.Message))
        {
            var condition = new V1PodCondition
            {
                Type = "PodScheduled",
                Status = "False",
                Reason = "Unschedulable",
                Message = message,
                LastTransitionTime = time.GetUtcNow().UtcDateTime,
            };
            var patch = new V1Patch(KubernetesJson.Serialize(new V1Pod { Status = new V1PodStatus { Conditions = [condition] } }), V1Patch.PatchType.StrategicMergePatch);
            await Writes.ChangeAsync(() => client.CoreV1.PatchNamespacedPodStatusAsync(patch, pod.Name, pod.Namespace, cancellationToken: ct));
            await Events.PodAsync(client, pod, "Warning", "FailedScheduling", message, time, ct);
        }

        return false;
    }

    private async Task BindAsync(PodBinding binding, CancellationToken ct)
    {
        var (pod, node) = binding;
        await Writes.ChangeAsync(async () =>
        {
            // The answer is a Status, not the Binding the generated method expects: read nothing of it.
            var body = KubernetesJson.Serialize(new V1Binding
            {
                ApiVersion = "v1",
                Kind = "Binding",
                Metadata = new V1ObjectMeta { Name = pod.Name, NamespaceProperty = pod.Namespace, Uid = pod.Uid },
                Target = new V1ObjectReference { ApiVersion = "v1", Kind = "Node", Name = node },
            });
            using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            using var response = await client.HttpClient.PostAsync(new Uri(client.BaseUri, $"api/v1/namespaces/{pod.Namespace}/pods/{pod.Name}/binding"), content, ct);
            if (response.StatusCode is not (System.Net.HttpStatusCode.Conflict or System.Net.HttpStatusCode.NotFound))
            {
                response.EnsureSuccessStatusCode();
                await Events.PodAsync(client, pod, "Normal", "Scheduled", $"Successfully assigned {pod.Namespace}/{pod.Name} to {node}", time, ct);
            }
        });
    }
}
