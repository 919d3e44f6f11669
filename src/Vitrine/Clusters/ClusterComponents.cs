using System.Net;
using Vitrine.Supervision;
using Vitrine.Verbs;

namespace Vitrine.Clusters;

/// <summary>The processes of a cluster as its supervisor starts them: the server on the host, an agent and an HTTP proxy on every node.</summary>
internal sealed class ClusterComponents(ClusterPaths paths, ClusterSpec spec)
{
    public const string Supervisor = "supervisor";
    public const string Server = "server";
    public const int MirrorPort = 5000;
    public const int PullProxyPort = 5001;

    private static string Self => Environment.ProcessPath!;

    /// <summary>The folder vitrine-cni is in: beside the executable.</summary>
    public static string CniFolder => Path.Combine(AppContext.BaseDirectory, "cni");

    public Component SupervisorProcess() => Make(Supervisor, Self, ["supervise", "--name", spec.Name]);

    public IReadOnlyList<Component> Supervised() => [Make(Server, Self, ["server", "--name", spec.Name]), .. spec.RunningNodes.SelectMany(n => new[] { Agent(n), Gateway(n) })];

    /// <summary>Name of a node's agent among the components.</summary>
    public static string AgentOf(NodeSpec node) => $"agent-{node.Name}";

    /// <summary>Name of a node's HTTP proxy among the components.</summary>
    public static string GatewayOf(NodeSpec node) => $"gateway-{node.Name}";

    // A process of its own: it holds no credentials, and the agent may restart without a request noticing.
    private Component Gateway(NodeSpec node) => GatewayVerb.Component(
        GatewayOf(node), ["nsenter", .. new NodeNamespaces(paths, node, spec.Runtime).Enter], paths.NodeRun(node.Name), paths.Log(GatewayOf(node)), paths.Pid(GatewayOf(node)), paths.NodeCgroup(node.Name));

    private Component Agent(NodeSpec node)
    {
        var namespaces = new NodeNamespaces(paths, node, spec.Runtime);
        var bridge = spec.BridgeAddresses[0];
        return Make(
            AgentOf(node),
            "nsenter",
            [
                .. namespaces.Enter, Self, "node",
                "--kubeconfig", paths.Kubeconfig(node.Name),
                "--node-name", node.Name,
                "--node-address", string.Join(',', node.Addresses),
                "--tls-cert-file", $"{paths.Pki}/{node.Name}-kubelet.crt",
                "--tls-private-key-file", $"{paths.Pki}/{node.Name}-kubelet.key",
                "--client-ca-file", $"{paths.Pki}/ca.crt",
                "--data-dir", paths.NodeData(node.Name),
                "--run-dir", paths.NodeRun(node.Name),
                "--cni-bin-dir", CniFolder,
                "--image-mirror", $"http://{new IPEndPoint(bridge, MirrorPort)}",
                "--pull-proxy", $"http://{new IPEndPoint(bridge, PullProxyPort)}",
                "--runtime", spec.Runtime,
                "--node-lease-duration-seconds", $"{spec.NodeMonitorGracePeriod}",
                "--cgroup-parent", paths.NodeCgroup(node.Name),
                "--cluster-dns", string.Join(',', spec.DnsAddresses),
                .. spec.Dns.Arguments,
                .. ServiceVerbOptions.Arguments(spec),
                .. spec.AgentArguments,
                .. node.ControlPlane ? ["--control-plane"] : Array.Empty<string>(),
                .. node.Tainted ? ["--register-with-taints", "node-role.kubernetes.io/control-plane:NoSchedule"] : Array.Empty<string>(),
            ],
            // A group of the node's own: switching it off ends its processes and no other's.
            paths.NodeCgroup(node.Name));
    }

    private Component Make(string name, string program, IReadOnlyList<string> arguments, string? cgroup = null) => new()
    {
        Name = name,
        Program = program,
        Arguments = arguments,
        LogFile = paths.Log(name),
        PidFile = paths.Pid(name),
        Cgroup = Cgroups.EnsureComponents(cgroup ?? paths.Cgroup),
    };
}
