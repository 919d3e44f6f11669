using k8s.Models;

namespace Vitrine.Installing;

/// <summary>
/// The agents' DaemonSet turned into one that cleans: the same object with other pods. A DaemonSet makes no pod on a node whose old one has not ended, so an agent and
/// its cleaning never meet, and whoever looks at the object sees how far it is.
/// </summary>
internal static class CleaningPods
{
    /// <summary>Name of their container.</summary>
    public const string Container = "clean";

    private const string HostRoot = "/host", DefaultRun = Joining.JoinedPaths.DefaultRun;

    /// <summary>Folders the agents were told of; they are cleaned where the agents filled them.</summary>
    private static readonly string[] Folders = ["--cni-bin-dir=", "--cni-conf-dir=", "--data-dir=", "--run-dir="];

    public static bool Are(V1DaemonSet set) => set.Spec.Template.Spec.Containers is [{ Name: Container }];

    /// <param name="set">the agents', which is changed</param>
    /// <param name="clusterDns">addresses they answered on</param>
    public static void WriteTo(V1DaemonSet set, string clusterDns)
    {
        var pod = set.Spec.Template.Spec;
        var agent = pod.Containers[0];
        string[] folders = [.. (agent.Args ?? []).Where(a => Folders.Any(f => a.StartsWith(f, StringComparison.Ordinal)))];
        var run = folders.FirstOrDefault(f => f.StartsWith(Folders[^1], StringComparison.Ordinal))?[Folders[^1].Length..] ?? DefaultRun;
        // No traffic waits for these: all nodes at once.
        set.Spec.UpdateStrategy = new V1DaemonSetUpdateStrategy { Type = "RollingUpdate", RollingUpdate = new V1RollingUpdateDaemonSet { MaxUnavailable = "100%" } };
        pod.AutomountServiceAccountToken = false;
        pod.InitContainers = null;
        pod.TerminationGracePeriodSeconds = 5;
        pod.Volumes = [new V1Volume { Name = "host", HostPath = new V1HostPathVolumeSource { Path = "/", Type = "Directory" } }];
        pod.Containers =
        [
            new V1Container
            {
                Name = Container,
                Image = agent.Image,
                ImagePullPolicy = agent.ImagePullPolicy,
                Args = ["node", "clean", "--stay", $"--host-root={HostRoot}", .. clusterDns.Length > 0 ? [$"--cluster-dns={clusterDns}"] : Array.Empty<string>(), .. folders],
                SecurityContext = new V1SecurityContext { Privileged = true },
                VolumeMounts = [new V1VolumeMount { Name = "host", MountPath = HostRoot }],
                ReadinessProbe = new V1Probe { Exec = new V1ExecAction { Command = ["test", "-e", Path.Combine(run, "ready")] }, PeriodSeconds = 1 },
            },
        ];
    }
}
