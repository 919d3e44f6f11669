using k8s.Models;
using Vitrine.Agent.Cri;

namespace Vitrine.Agent.Stats;

/// <summary>A pod's use of CPU and memory, as a whole (the sandbox included) and by container.</summary>
internal sealed record PodSample(V1Pod Pod, UsageSample? Whole, IReadOnlyList<(ContainerStatus Container, UsageSample Sample)> Containers);
