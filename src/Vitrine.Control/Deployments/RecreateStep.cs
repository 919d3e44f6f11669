using System.Collections.Immutable;
using k8s.Models;

namespace Vitrine.Control.Deployments;

/// <summary>A step of a Recreate rollout: all old pods go, to the last, before the first new one comes.</summary>
internal static class RecreateStep
{
    public static DeploymentPlan Compile(Rollout rollout, Func<V1ReplicaSet, bool> running)
    {
        ImmutableArray<ReplicaSetChange> down = [.. rollout.Old.Where(r => Rollout.Size(r) > 0).Select(r => DeploymentPlan.Resize(rollout, r, 0)!)];
        if (down.Length > 0)
        {
            return new DeploymentPlan { Changes = down };
        }

        if (rollout.Old.Any(running))
        {
            return new DeploymentPlan();
        }

        if (rollout.Current is not { } current)
        {
            return new DeploymentPlan { Create = rollout.Replicas };
        }

        var annotations = Annotations.ForCurrent(rollout.Deployment, current.Metadata, rollout.Revision);
        return DeploymentPlan.Resize(rollout, current, rollout.Replicas, annotations) is { } change ? new DeploymentPlan { Changes = [change] } : new DeploymentPlan();
    }
}
