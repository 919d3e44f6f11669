using k8s.Models;
using Vitrine.Agent.Cri;
using Vitrine.Agent.Pods;

namespace Vitrine.Unit.Agent.Pods;

/// <summary>Pods and runtime states as short as a test's sentence.</summary>
internal static class PodBuilder
{
    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static V1Pod Pod(string restartPolicy = "Always", string[]? containers = null, string[]? inits = null) => new()
    {
        Metadata = new V1ObjectMeta { Name = "web", NamespaceProperty = "default", Uid = "u-1" },
        Spec = new V1PodSpec
        {
            RestartPolicy = restartPolicy,
            Containers = [.. (containers ?? ["a", "b"]).Select(name => new V1Container { Name = name, Image = "debian" })],
            InitContainers = inits is null ? null : [.. inits.Select(name => new V1Container { Name = name, Image = "debian" })],
        },
    };

    public static PodSandboxStatus Sandbox(PodSandboxState state = PodSandboxState.SandboxReady, uint attempt = 0) => new()
    {
        Id = "s" + attempt,
        State = state,
        Metadata = new PodSandboxMetadata { Attempt = attempt },
        CreatedAt = Nanoseconds(Now.AddMinutes(-2)),
        Network = new PodSandboxNetworkStatus { Ip = "10.1.0.2" },
    };

    public static ContainerStatus Running(string name, uint attempt = 0) => Status(name, ContainerState.ContainerRunning, attempt);

    public static ContainerStatus Exited(string name, int code, uint attempt = 0, DateTimeOffset? at = null)
    {
        var status = Status(name, ContainerState.ContainerExited, attempt);
        status.ExitCode = code;
        status.FinishedAt = Nanoseconds(at ?? Now.AddSeconds(-1));
        return status;
    }

    public static RuntimePod Runtime(params ContainerStatus[] containers) => new([Sandbox()], containers);

    private static ContainerStatus Status(string name, ContainerState state, uint attempt) => new()
    {
        Id = name + attempt,
        State = state,
        Metadata = new ContainerMetadata { Name = name, Attempt = attempt },
        Image = new ImageSpec { Image = "docker.io/library/debian:latest" },
        ImageRef = "sha256:1",
        CreatedAt = Nanoseconds(Now.AddMinutes(-1).AddSeconds(attempt)),
        StartedAt = Nanoseconds(Now.AddMinutes(-1).AddSeconds(attempt)),
    };

    private static long Nanoseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks * 100;
}
