using System.Net;
using System.Net.Sockets;
using Vitrine.Images;
using Vitrine.Supervision;

namespace Vitrine.Clusters;

/// <summary>One step of `up`: what it is called for people, and its work.</summary>
internal sealed record UpStep(string Title, Func<CancellationToken, Task> RunAsync);

/// <summary>
/// Brings a cluster up. Every step makes what is missing and leaves what is there, so the whole may be run again at any time:
/// <code>
/// 1 check     ranges and ports are free, images are there
/// 2 identity  CA, certificates, kubeconfigs                      (Pki)
/// 3 network   blackholes, bridge, each node's namespaces and link (HostNetwork, NodeNamespaces)
/// 4 processes the supervisor, which starts server and agents      (SuperviseLoop)
/// 5 server    /readyz says ok
/// 6 nodes     every Node is Ready
/// 7 kubeconfig the context is merged in
/// </code>
/// </summary>
internal sealed class ClusterUp(ClusterPaths paths, ClusterSpec spec, bool existed, TimeProvider time)
{
    private const long LeastDiskMegabytes = 256;
    private static readonly string[] NeededImages = ["registry.k8s.io/pause:3.10"];
    private readonly HashSet<string> starting = [];
    private DateTimeOffset startedAt;
    private readonly Pki pki = new(paths.Pki, time);

    public IReadOnlyList<UpStep> Steps =>
    [
        new("Checking ranges, ports and images", CheckAsync),
        new("Issuing certificates", IssueAsync),
        new("Laying out bridge and nodes", NetworkAsync),
        new("Starting processes", StartAsync),
        new("Waiting for the API server", ServerReadyAsync),
        new(spec.Nodes.Count == 1 ? "Waiting for the node" : "Waiting for the nodes", NodesReadyAsync),
        new("Writing kubeconfig", KubeconfigAsync),
    ];

    /// <summary>All but the kubeconfig, which nodes that come and go do not change.</summary>
    public IReadOnlyList<UpStep> NodeSteps => [.. Steps.SkipLast(1)];

    private bool Running => Supervisor.IsRunning(paths);

    private Task CheckAsync(CancellationToken ct)
    {
        if (!existed)
        {
            Ranges.RequireFree([.. spec.AllRanges], HostNetwork.Taken());
        }

        foreach (var program in new[] { "containerd", spec.Runtime, "nsenter", "unshare" })
        {
            if (Subprocess.Find(program) is null)
            {
                throw new CommandFailure($"{program} is not installed", "vitrine doctor names what is missing and the Debian package of each");
            }
        }

        if (!Running)
        {
            RequirePort(IPAddress.Loopback, spec.ApiPort);
        }

        var disk = Directory.Exists(ClusterPaths.StateRoot) ? ClusterPaths.StateRoot : Path.GetDirectoryName(ClusterPaths.StateRoot)!;
        if (new DriveInfo(disk).AvailableFreeSpace >> 20 is < LeastDiskMegabytes and var free)
        {
            throw new CommandFailure($"only {free} MB are free under {ClusterPaths.StateRoot}: containers and the API's log would not fit", "free at least 2 GB");
        }

        var images = new ImageStore(ClusterPaths.Images).List();
        if (NeededImages.FirstOrDefault(i => !images.ContainsKey(i)) is { } missing)
        {
            throw new CommandFailure($"the image {missing} is not in this machine's store", "run: vitrine image build");
        }

        if (!File.Exists(Path.Combine(ClusterComponents.CniFolder, "vitrine-cni")))
        {
            throw new CommandFailure($"vitrine-cni is not in {ClusterComponents.CniFolder}", "build it: ./build.sh");
        }

        spec.Write(paths);
        return Task.CompletedTask;
    }

    private Task IssueAsync(CancellationToken ct)
    {
        pki.EnsureAuthority($"vitrine-{spec.Name}-ca");
        pki.EnsureServing(
            "apiserver",
            "kube-apiserver",
            ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", $"kubernetes.default.svc.{spec.Dns.Domain}"],
            [IPAddress.Loopback, IPAddress.IPv6Loopback, .. spec.BridgeAddresses, .. spec.ApiServiceAddresses]);
        pki.EnsureClient("apiserver-kubelet-client", "kube-apiserver-kubelet-client", "system:masters");
        var identities = new Identities(paths, spec, pki);
        identities.Ensure("admin", "kubernetes-admin", "system:masters", new IPEndPoint(IPAddress.Loopback, spec.ApiPort));
        identities.Ensure("controller-manager", "system:kube-controller-manager", null, new IPEndPoint(IPAddress.Loopback, spec.ApiPort));
        foreach (var node in spec.Nodes)
        {
            identities.EnsureNode(node);
        }

        return Task.CompletedTask;
    }

    private async Task NetworkAsync(CancellationToken ct)
    {
        var network = new HostNetwork(paths, spec);
        network.Ensure();
        foreach (var node in spec.RunningNodes)
        {
            var namespaces = new NodeNamespaces(paths, node, spec.Runtime);
            await namespaces.EnsureAsync(ct);
            network.EnsureNode(node, namespaces);
        }
    }

    private Task StartAsync(CancellationToken ct)
    {
        // What the API says of a node whose agent is about to start is from its last life.
        startedAt = time.GetUtcNow();
        starting.UnionWith(spec.RunningNodes.Where(n => ProcessFile.Read(paths.Pid(ClusterComponents.AgentOf(n))) is not { IsAlive: true }).Select(n => n.Name));
        if (Running)
        {
            Supervisor.Reload(paths);
        }
        else
        {
            new ClusterComponents(paths, spec).SupervisorProcess().Start().Dispose();
        }

        return Task.CompletedTask;
    }

    private async Task ServerReadyAsync(CancellationToken ct)
    {
        using var api = new AdminApi(paths, spec);
        await WaitAsync(ClusterComponents.Server, async () => await api.TextAsync("readyz", ct) == "ok", TimeSpan.FromSeconds(30), ct);
    }

    private async Task NodesReadyAsync(CancellationToken ct)
    {
        using var api = new AdminApi(paths, spec);
        foreach (var node in spec.RunningNodes)
        {
            await WaitAsync(ClusterComponents.AgentOf(node), () => api.IsNodeReadyAsync(node.Name, starting.Contains(node.Name) ? startedAt : null, ct), TimeSpan.FromSeconds(60), ct);
        }
    }

    private Task KubeconfigAsync(CancellationToken ct)
    {
        KubeconfigFile.Merge(spec.Kubeconfig, File.ReadAllText(paths.Kubeconfig("admin")), spec.Context);
        return Task.CompletedTask;
    }

    private async Task WaitAsync(string component, Func<Task<bool>> ready, TimeSpan limit, CancellationToken ct)
    {
        for (var began = time.GetTimestamp(); !await ready();)
        {
            if (time.GetElapsedTime(began) > limit)
            {
                throw new CommandFailure(
                    $"{component} is not ready after {limit.TotalSeconds:0} s; its last words: {LastWords(paths.Log(component))}",
                    $"vitrine logs {component} --name {spec.Name} shows more; vitrine down --name {spec.Name} removes the cluster");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(15), time, ct);
        }
    }

    private static string LastWords(string log) => File.Exists(log) ? string.Join(" | ", File.ReadLines(log).TakeLast(3)) : "(none)";

    private static void RequirePort(IPAddress address, int port)
    {
        using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(address, port));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            throw new CommandFailure($"the API server's port {address}:{port} is in use", $"stop who uses it (ss -ltnp 'sport = :{port}'), or choose another: --api-port {port + 1}");
        }
    }
}
