using k8s.Models;
using Vitrine.Control.Api;
using Vitrine.Control.Daemons;
using Vitrine.Control.Deployments;
using Vitrine.Control.Jobs;
using Vitrine.Control.Pods;
using Vitrine.Control.Replicas;
using Vitrine.Control.Revisions;
using Vitrine.Control.Stateful;
using Vitrine.Model.Snapshot;

namespace Vitrine.Control.Forecasts;

/// <summary>
/// What workloads make, as their controllers' plans have it, when nothing fails: objects as they would be sent to the API. Of one workload no more than
/// a controller makes at once.
/// </summary>
public static class WorkloadForecast
{
    private static readonly DateTime Now = DateTime.UnixEpoch;

    public static V1ReplicaSet ReplicaSet(V1Deployment deployment)
    {
        var rollout = Rollout.Of(deployment, []);
        return NewReplicaSet.Of(rollout, rollout.Replicas);
    }

    public static IEnumerable<V1Pod> Pods(V1ReplicaSet set) => Pods(ReplicaOwner.Of(set), Resource.ReplicaSets);

    public static IEnumerable<V1Pod> Pods(V1ReplicationController controller) => Pods(ReplicaOwner.Of(controller), Resource.ReplicationControllers);

    /// <summary>Each is taken to run before the next is made.</summary>
    /// <param name="set">loses replicas beyond the limit</param>
    public static IReadOnlyList<V1Pod> Pods(V1StatefulSet set)
    {
        var hash = Revision.NewHash(set.Spec.Template, set.Status?.CollisionCount);
        var revision = $"{set.Metadata.Name}-{hash}";
        List<V1Pod> pods = [];
        set.Spec.Replicas = Math.Min(set.Spec.Replicas ?? 1, ReplicaPlan.Burst);
        while (StatefulPlan.Compile(set, pods, revision, revision, Now.AddYears(1)).Create is { IsEmpty: false } next)
        {
            foreach (var one in next)
            {
                var pod = StatefulPods.Of(set, one.Ordinal, set.Spec.Template, one.Revision);
                pod.Status = new V1PodStatus { Phase = "Running", Conditions = [new V1PodCondition { Type = "Ready", Status = "True", LastTransitionTime = Now }] };
                pods.Add(pod);
            }
        }

        return pods;
    }

    /// <param name="set">the DaemonSet</param>
    /// <param name="nodes">of the cluster</param>
    public static IEnumerable<V1Pod> Pods(V1DaemonSet set, IEnumerable<Node> nodes)
    {
        var pod = DaemonNodes.Pod(set, set.Spec.Template, Revision.NewHash(set.Spec.Template, set.Status?.CollisionCount));
        var asked = SnapshotReader.Read(pod);
        return nodes.OrderBy(n => n.Name, StringComparer.Ordinal).Where(n => DaemonNodes.Wants(asked, n).Run).Select(n => DaemonNodes.PodFor(pod, n.Name));
    }

    public static IEnumerable<V1Pod> Pods(V1Job job) => JobPlan.Compile(job, [], Now).Create.Select(p => JobPods.Of(job, p));

    /// <summary>The next one it will make; null where its schedule has none.</summary>
    public static V1Job? Job(V1CronJob cron)
    {
        try
        {
            return CronSchedule.Parse(cron.Spec.Schedule, cron.Spec.TimeZone).Next(Now) is { } due ? CronJobs.JobOf(cron, due) : null;
        }
        catch (FormatException)
        {
            // A time zone that this machine does not know; the controller tells by an event.
            return null;
        }
    }

    private static IEnumerable<V1Pod> Pods(ReplicaOwner owner, Resource resource) =>
        Enumerable.Range(0, ReplicaPlan.Compile(owner, [], static () => [], Now).Create).Select(_ => PodTemplates.Pod(owner.Template, resource, owner.Metadata));
}
