using k8s;
using Vitrine.Agent.Cri;
using Vitrine.Agent.Events;
using Vitrine.Agent.Images;
using Vitrine.Agent.Node;
using Vitrine.Agent.Volumes;

namespace Vitrine.Agent.Pods;

/// <summary>What every pod worker of this node works with; composed once by hand.</summary>
internal sealed record NodeContext(
    NodeAgentOptions Options,
    IKubernetes Api,
    ContainerRuntime Runtime,
    EventRecorder Events,
    ImagePuller Images,
    VolumeMounter Volumes,
    ContainerEnvironment Environment,
    PodPaths Paths,
    PodCgroup Cgroups,
    PodAdmission Admission,
    MachineCapacity Machine,
    TimeProvider Time)
{
    public IReadOnlyList<string> HostIps { get; } = [.. Options.NodeAddresses.Select(a => a.ToString())];

    /// <summary>Sandboxes started at once: more only contend for CPU and make all of them late.</summary>
    public SemaphoreSlim SandboxStarts { get; } = new(Math.Max(4, System.Environment.ProcessorCount * 2));
}
