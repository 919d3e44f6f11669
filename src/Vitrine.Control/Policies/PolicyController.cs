using k8s.Models;
using Vitrine.Control.Api;
using Vitrine.Model.Plans.Policies;

namespace Vitrine.Control.Policies;

/// <summary>
/// Says by events which NetworkPolicies do nothing: those that select no pod, and rules with a port's name that nobody has. What the nodes enforce is their
/// own plans' business.
/// </summary>
internal sealed class PolicyController(EventRecorder events, TimeProvider time) : IWorkloadController
{
    // A policy is often applied before the pods it is for.
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(10);
    private readonly ProblemEvents problems = new(events, "vitrine-policy", Lasting, time);

    public TimeSpan Settle => TimeSpan.FromSeconds(1);

    public Task<TimeSpan?> ReconcileAsync(ControlSnapshot snapshot, CancellationToken ct) => Task.FromResult(problems.Tell(
        from problem in PolicyProblems.Of(snapshot.Cluster with { NetworkPolicies = snapshot.Routes.NetworkPolicies, Services = snapshot.Routes.Services })
        let about = snapshot.NetworkPolicies.Find(problem.Source.Namespace, problem.Source.Name)?.Metadata
        where about is not null
        select (Resource.NetworkPolicies, about, problem.Source.Field, problem.Reason, problem.Message)));
}
