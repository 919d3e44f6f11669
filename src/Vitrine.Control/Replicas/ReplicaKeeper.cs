using k8s.Models;
using Vitrine.Control.Api;
using Vitrine.Control.Pods;

namespace Vitrine.Control.Replicas;

/// <summary>One look at one ReplicaSet or ReplicationController: claim, plan, write.</summary>
internal sealed class ReplicaKeeper(PodWrites pods, Resource resource, TimeProvider time)
{
    /// <summary>What the status should say, and when to look again.</summary>
    /// <param name="Counts">The numbers.</param>
    /// <param name="Failure">Why pods could not be made or removed: (reason, message).</param>
    /// <param name="After">When a pod's readiness becomes availability.</param>
    public sealed record Outcome(ReplicaCounts Counts, (string Reason, string Message)? Failure, TimeSpan? After);

    public async Task<Outcome> LookAsync(ReplicaOwner owner, ControlSnapshot snapshot, Func<IEnumerable<V1Pod>> siblings, CancellationToken ct)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var settled = pods.Expectations.AreMet(owner.Metadata.Uid, snapshot.Pods);
        var claim = ClaimPlan<V1Pod>.Compile(owner.Metadata, owner.Selector, snapshot.Pods.OwnedBy(owner.Metadata.Uid).Values, snapshot.Pods.Orphans(owner.Metadata.NamespaceProperty).Values);
        await pods.ClaimAsync(owner.Metadata, claim, ct);
        var plan = ReplicaPlan.Compile(owner, claim.Held.Concat(claim.Adopted), siblings, now);
        (string, string)? failure = null;
        if (settled && plan.Create > 0)
        {
            var failed = await SlowStart.RunAsync(plan.Create, _ => pods.CreateAsync(owner.Metadata, PodTemplates.Pod(owner.Template, resource, owner.Metadata), ct));
            failure = failed is null or ApiException { NamespaceEnds: true } ? null : ("FailedCreate", failed.Message);
        }
        else if (settled && plan.Delete.Length > 0)
        {
            try
            {
                await Task.WhenAll(plan.Delete.Select(p => pods.DeleteAsync(owner.Metadata, p, ct)));
            }
            catch (ApiException e)
            {
                failure = ("FailedDelete", e.Message);
            }
        }

        return new Outcome(plan.Counts, failure, failure is not null ? TimeSpan.FromSeconds(5) : settled ? plan.NextAvailable - now : TimeSpan.FromSeconds(10));
    }
}
