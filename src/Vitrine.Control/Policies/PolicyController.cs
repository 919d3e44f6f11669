using k8s.Models;
using Vitrine.Control.Api;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Policies;

namespace Vitrine.Control.Policies;

/// <summary>
/// Says by events which policies of either kind do nothing: those that select no pod, and rules with a port's name that nobody has. What the nodes enforce is their
/// own plans' business.
/// </summary>
internal sealed class PolicyController(EventRecorder events, TimeProvider time) : IWorkloadController
{
    // A policy is often applied before the pods it is for.
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(10);
    private readonly ProblemEvents problems = new(events, "vitrine-policy", Lasting, time);

    public TimeSpan Settle => TimeSpan.FromSeconds(1);

    public Task<TimeSpan?> ReconcileAsync(ControlSnapshot snapshot, CancellationToken ct) => Task.FromResult(problems.Tell(
        from problem in PolicyProblems.Of(snapshot.Cluster with
        {
            NetworkPolicies = snapshot.Routes.NetworkPolicies, ClusterNetworkPolicies = snapshot.Routes.ClusterNetworkPolicies, Services = snapshot.Routes.Services,
        })
        let about = About(snapshot, problem.Source)
        where about is not null
        select (problem.Source.Namespace.Length > 0 ? Resource.NetworkPolicies : Resource.ClusterNetworkPolicies, about, problem.Source.Field, problem.Reason, problem.Message)));

    private static V1ObjectMeta? About(ControlSnapshot snapshot, RuleSource source) => source.Namespace.Length > 0
        ? snapshot.NetworkPolicies.Find(source.Namespace, source.Name)?.Metadata
        : snapshot.Routes.ClusterNetworkPolicies.TryGetValue(source.Name, out var policy) ? new V1ObjectMeta { Name = policy.Name, Uid = policy.Uid } : null;
}
