using System.Collections.Immutable;

namespace Vitrine.Model.Explain.Services;

/// <summary>What makes pods with certain labels: a Deployment, StatefulSet, DaemonSet, ReplicaSet of none of these, or ReplicationController.</summary>
/// <param name="Kind">as kubectl names it: "deployment"</param>
/// <param name="Labels">of its template</param>
/// <param name="Replicas">how many it is to make; -1 where it has no such number</param>
public sealed record WorkloadPods(string Kind, string Namespace, string Name, ImmutableDictionary<string, string> Labels, int Replicas)
{
    public override string ToString() => $"{Kind}/{Namespace}/{Name}";
}
