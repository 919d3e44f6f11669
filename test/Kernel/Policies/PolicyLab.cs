using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Dataplane.Apply.Policies;
using Vitrine.Dataplane.Probes;
using Vitrine.Kernel.Dataplane;
using Vitrine.Linux.Nft;
using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;

namespace Vitrine.Kernel.Policies;

/// <summary>A lab whose nodes enforce policies. Namespaces are labelled with their names; pods are labelled app=NAME and answer on ports 80 and 81, TCP and UDP.</summary>
internal sealed class PolicyLab : IDisposable
{
    public const int Port = 80, Other = 81;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300), Long = TimeSpan.FromSeconds(2);
    private readonly Dictionary<LabNode, (NftSocket Socket, PolicyApply Hands, PolicyPlan? Plan)> hands = [];
    private readonly List<EchoServer> servers = [];

    private readonly bool isOwn;

    public PolicyLab(params int[] nodeLinks) : this(Lab.With(nodeLinks)) => isOwn = true;

    /// <summary>Policies for another's lab.</summary>
    public PolicyLab(Lab lab) => Lab = lab;

    public Lab Lab { get; }

    public List<NetworkPolicy> Policies { get; } = [];

    public List<ClusterNetworkPolicy> ClusterPolicies { get; } = [];

    public ClusterSnapshot Snapshot => Lab.Snapshot with
    {
        Namespaces = Lab.Nodes.SelectMany(n => n.Pods).Select(p => p.Pod.Namespace).Distinct()
            .ToImmutableDictionary(s => s, s => new Namespace(s, s, false) { Labels = Of("name", s) }),
        NetworkPolicies = Policies.ToImmutableDictionary(p => p.Key), ClusterNetworkPolicies = ClusterPolicies.ToImmutableDictionary(p => p.Name),
    };

    public LabPod Add(int node, string name, string space = "default")
    {
        var pod = Lab.Nodes[node].AddPod(name, space);
        pod.Pod = pod.Pod with { Labels = Of("app", name), Ports = [new PodPort("c", "web", Port, "TCP", 0)] };
        servers.Add(new EchoServer(pod.Netns, Port));
        servers.Add(new EchoServer(pod.Netns, Other));
        return pod;
    }

    /// <summary>One pass on every node; awaits nothing.</summary>
    public void Apply()
    {
        Lab.Apply();
        foreach (var node in Lab.Nodes)
            Apply(node, Snapshot);
    }

    /// <returns>how many things changed</returns>
    public int Apply(LabNode node, ClusterSnapshot snapshot)
    {
        if (!hands.TryGetValue(node, out var held))
        {
            var socket = NftSocket.OpenIn(node.Netns.Handle);
            var skeleton = new PolicySkeleton(ipv6: true);
            held = (socket, new PolicyApply(new NftPolicyTable(socket, skeleton), skeleton), null);
        }
        var plan = PolicyPlan.Compile(snapshot, node.Node.Name, held.Plan);
        hands[node] = held with { Plan = plan };
        return held.Hands.Update(plan, PodLink.Read(node.Netns.Socket));
    }

    /// <summary>Whether all of TCP, UDP and an echo pass, on both families; fails where they do not agree.</summary>
    public static async Task<bool> ReachesAsync(LabPod from, LabPod to, int port = Port)
    {
        var answers = new HashSet<bool>();
        foreach (var address in new[] { to.V4, to.V6 })
        {
            answers.Add(await TcpAsync(from.Netns, address, port));
            answers.Add(await UdpAsync(from.Netns, address, port));
        }
        return answers.Count == 1 ? answers.First() : throw new InvalidOperationException($"protocols and families do not agree from {from.Pod.Key} to {to.Pod.Key}");
    }

    public static async Task<bool> TcpAsync(ThrowAwayNetns from, IPAddress to, int port) =>
        (await TcpProbe.SendAsync(from.Handle, new IPEndPoint(to, port), null, Patience, TimeProvider.System)).Answer == ProbeAnswer.Answered;

    public static async Task<bool> UdpAsync(ThrowAwayNetns from, IPAddress to, int port, int payload = 100) =>
        (await UdpProbe.SendAsync(from.Handle, new IPEndPoint(to, port), null, payload, Patience, TimeProvider.System)).Answer == ProbeAnswer.Answered;

    public static async Task<bool> EchoAsync(ThrowAwayNetns from, IPAddress to) =>
        (await EchoProbe.SendAsync(from.Handle, to, null, 100, Patience, TimeProvider.System)).Answer == ProbeAnswer.Answered;

    /// <summary>Up to a second after a link is up the kernel still drops what is sent on it (linkwatch); no test is to wonder about that.</summary>
    public async Task AwaitLinksAsync()
    {
        foreach (var pod in Lab.Nodes.SelectMany(n => n.Pods))
            for (var i = 0; i < 20; i++)
                if ((await EchoProbe.SendAsync(pod.Node.Netns.Handle, pod.V4, null, 100, Long / 10, TimeProvider.System)).Answer == ProbeAnswer.Answered)
                    break;
    }

    public static PolicyPeer Pods(string app, string? space = null) =>
        new() { Pods = LabelSelector.Of(Of("app", app)), Namespaces = space is null ? null : LabelSelector.Of(Of("name", space)) };

    public static PolicyPeer Space(string space) => new() { Pods = LabelSelector.Everything, Namespaces = LabelSelector.Of(Of("name", space)) };

    public static PolicyPeer Block(string range, params string[] except) => new() { Block = IPNetwork.Parse(range), Except = [.. except.Select(e => IPNetwork.Parse(e))] };

    /// <summary>To or from these, on every port.</summary>
    public static PolicyRule Rule(params PolicyPeer[] peers) => new() { Everybody = peers.Length == 0, Peers = [.. peers], EveryPort = true };

    public static PolicyRule On(PolicyRule rule, params PolicyPort[] ports) => rule with { EveryPort = false, Ports = [.. ports] };

    /// <summary>For pods with app=<paramref name="app"/>, or all of the namespace.</summary>
    public static NetworkPolicy Policy(string name, string? app, PolicyRule[]? ingress, PolicyRule[]? egress = null, string space = "default") => new()
    {
        Namespace = space, Name = name, Uid = name, Pods = app is null ? LabelSelector.Everything : LabelSelector.Of(Of("app", app)),
        Ingress = ingress is null ? null : [.. ingress], Egress = egress is null ? null : [.. egress],
    };

    public void Dispose()
    {
        foreach (var server in servers)
            server.Dispose();
        foreach (var (socket, _, _) in hands.Values)
            socket.Dispose();
        if (isOwn)
            Lab.Dispose();
    }

    private static ImmutableDictionary<string, string> Of(string key, string value) => ImmutableDictionary<string, string>.Empty.Add(key, value);
}
