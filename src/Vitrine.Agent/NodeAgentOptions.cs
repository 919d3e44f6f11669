using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Vitrine.Agent;

/// <summary>What a node agent needs to start. It runs inside its node's network, mount and UTS namespaces.</summary>
public sealed record NodeAgentOptions
{
    /// <summary>Kubeconfig of this node's own identity (CN=system:node:NAME, O=system:nodes).</summary>
    public required string Kubeconfig { get; init; }

    /// <summary>Name of the Node object.</summary>
    public required string NodeName { get; init; }

    /// <summary>The node's InternalIPs, one per address family, the primary first; the kubelet API listens on each.</summary>
    public required IReadOnlyList<IPAddress> NodeAddresses { get; init; }

    /// <summary>How long the node counts as alive after a heartbeat; one is sent four times as often. Whole seconds.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>Taints a new Node object is registered with, KEY=VALUE:EFFECT or KEY:EFFECT.</summary>
    public IReadOnlyList<string> RegisterWithTaints { get; init; } = [];

    /// <summary>Port of the kubelet API (logs, exec, attach).</summary>
    public int KubeletPort { get; init; } = 10250;

    /// <summary>Serving certificate (with key) of the kubelet API.</summary>
    public required X509Certificate2 ServingCertificate { get; init; }

    /// <summary>CA whose client certificates may call the kubelet API.</summary>
    public required X509Certificate2 ClusterCa { get; init; }

    /// <summary>Durable files of this node: containerd root, IPAM, pod volumes, logs.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Volatile files of this node: sockets, containerd state; short (unix socket paths end at 107 bytes).</summary>
    public required string RunDirectory { get; init; }

    /// <summary>Directory that holds vitrine-cni (and loopback, a link to it).</summary>
    public required string CniBinDirectory { get; init; }

    /// <summary>Base URL of the machine's image mirror (OCI distribution API), or null.</summary>
    public string? ImageMirror { get; init; }

    /// <summary>Forward proxy containerd pulls through when the mirror lacks an image (http://host:port), or null.</summary>
    public string? PullProxy { get; init; }

    /// <summary>Resolvers of pods with dnsPolicy ClusterFirst; empty without a cluster DNS.</summary>
    public IReadOnlyList<IPAddress> ClusterDns { get; init; } = [];

    /// <summary>Of Services and pods: the end of the search list of those pods.</summary>
    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>"runc" or "crun".</summary>
    public string Runtime { get; init; } = "runc";

    /// <summary>The node carries the control-plane role label.</summary>
    public bool ControlPlane { get; init; }

    /// <summary>Kernel settings a pod may have beside the safe ones; names, or prefixes that end in *.</summary>
    public IReadOnlyList<string> AllowedUnsafeSysctls { get; init; } = [];

    /// <summary>Folder of manifests whose pods run here without the API's leave, or null.</summary>
    public string? StaticPodPath { get; init; }

    /// <summary>Text of a manifest → JSON of the one pod it holds, checked and filled in as the API would; throws <see cref="FormatException"/>.</summary>
    public Func<string, string>? ReadManifest { get; init; }

    /// <summary>When pods are evicted for want of memory, disk or processes; kubelet's --eviction-hard.</summary>
    public string EvictionHard { get; init; } = Eviction.EvictionThreshold.Default;

    /// <summary>When they are evicted once it has been so for a while, with time to end; kubelet's --eviction-soft.</summary>
    public string EvictionSoft { get; init; } = "";

    /// <summary>For how long, SIGNAL=SECONDS or a duration as 1m30s, one for each soft threshold; kubelet's --eviction-soft-grace-period.</summary>
    public string EvictionSoftGracePeriod { get; init; } = "";

    /// <summary>The longest a softly evicted pod has to end; zero for one second. kubelet's --eviction-max-pod-grace-period.</summary>
    public TimeSpan EvictionMaxPodGracePeriod { get; init; }

    /// <summary>How long a pressure condition stays after its cause is gone.</summary>
    public TimeSpan EvictionPressureTransitionPeriod { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Percent of the disk in use above which images are removed, and down to which.</summary>
    public int ImageGcHighPercent { get; init; } = 85;

    public int ImageGcLowPercent { get; init; } = 80;

    /// <summary>Images unused for less than this stay.</summary>
    public TimeSpan ImageMinimumAge { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How often the disk is looked at for that; null for every five minutes.</summary>
    public TimeSpan? ImageCollectionPeriod { get; init; }

    /// <summary>In the run directory: seconds, as text, for one shutdown; goes before the grace period below.</summary>
    public const string ShutdownGraceFile = "shutdown-grace";

    /// <summary>How long the pods have to end in all when the machine is shut down (SIGPWR); zero ends none.</summary>
    public TimeSpan ShutdownGracePeriod { get; init; }

    /// <summary>How much of it, at its end, is for critical pods alone; zero for a third.</summary>
    public TimeSpan ShutdownGracePeriodCriticalPods { get; init; }

    /// <summary>What the node's other parts add to /metrics, in Prometheus' text format (0.0.4).</summary>
    public Func<string>? MoreMetrics { get; init; }

    /// <summary>Parent of all pod cgroups, e.g. /vitrine-default/node-1; removed by `vitrine down`.</summary>
    public required string CgroupParent { get; init; }
}
