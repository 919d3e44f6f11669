using Vitrine.Agent.Cri;

namespace Vitrine.Agent.Pods;

/// <summary>What the runtime holds of one pod: sandboxes and containers, newest first.</summary>
internal sealed record RuntimePod(IReadOnlyList<PodSandboxStatus> Sandboxes, IReadOnlyList<ContainerStatus> Containers)
{
    public static readonly RuntimePod None = new([], []);

    /// <summary>The sandbox the pod's containers belong in, if it runs.</summary>
    public PodSandboxStatus? Sandbox => Sandboxes is [{ State: PodSandboxState.SandboxReady } newest, ..] ? newest : null;

    public ContainerStatus? Latest(string name) => Of(name).FirstOrDefault();

    public IEnumerable<ContainerStatus> Of(string name) => Containers.Where(c => c.Metadata.Name == name);

    /// <summary>The sandbox's own addresses; none with the host's network.</summary>
    public IReadOnlyList<string> Addresses => Sandbox?.Network is { Ip.Length: > 0 } network ? [network.Ip, .. network.AdditionalIps.Select(ip => ip.Ip)] : [];

    public IEnumerable<ContainerStatus> Running => Containers.Where(c => c.State == ContainerState.ContainerRunning);
}
