using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Vitrine.Dataplane.Probes;
using Vitrine.Linux.Netns;

namespace Vitrine.Cluster.Policies;

/// <summary>How one connection is tried.</summary>
internal enum Way
{
    /// <summary>By the pod's IPv4 address.</summary>
    Pod,

    /// <summary>By its IPv6 address.</summary>
    Pod6,

    /// <summary>By the IPv4 address of its Service.</summary>
    Service,
    Service6,

    /// <summary>By its Service's name: the answer to the name, then the address.</summary>
    Name,
}

/// <summary>One try: pods by their place in the town, and the pod's own port.</summary>
internal readonly record struct Try(int From, int To, string Protocol, int Port, Way Way);

/// <summary>
/// Nine pods in three namespaces, a Service before each, and somebody who listens on two ports of each by TCP and UDP. The pods only sleep: the sockets are
/// the test's own, opened in the pods' network namespaces, so that a thousand connections are tried in a second.
/// </summary>
internal sealed class PolicyTown : IDisposable
{
    public static readonly int[] Ports = [80, 81];
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(350);
    private readonly List<NetnsHandle> netns = [];
    private readonly List<SctpProbe> sctp = [];
    private readonly List<Socket> listeners = [];
    private readonly List<IPAddress[]> services = [];
    private IPAddress dns = IPAddress.None;

    /// <summary>The pods, in order: x/a, x/b, x/c, y/a …</summary>
    public List<Party> Pods { get; } = [];

    /// <summary>The cluster's DNS, which policies see as a pod like any other cluster's.</summary>
    public Party Dns { get; private set; } = null!;

    /// <summary>Labels of the namespaces.</summary>
    public Dictionary<string, IReadOnlyDictionary<string, string>> Namespaces { get; } = [];

    /// <param name="cluster">dual stack</param>
    /// <param name="prefix">of the namespaces</param>
    /// <param name="nodes">where the pods go, in turn</param>
    public static async Task<PolicyTown> BuildAsync(TestCluster cluster, string prefix, params string[] nodes)
    {
        var town = new PolicyTown();
        var manifests = new StringBuilder();
        foreach (var space in new[] { "x", "y", "z" })
        {
            var ns = await cluster.NamespaceAsync(prefix + space);
            await cluster.KubectlAsync($"label namespace {ns} team={space}");
            town.Namespaces[ns] = new Dictionary<string, string> { ["team"] = space, ["kubernetes.io/metadata.name"] = ns };
            foreach (var name in new[] { "a", "b", "c" })
                manifests.Append(Manifest(ns, name, nodes[town.Pods.Count % nodes.Length], town.Empty(ns, name)));
        }
        await cluster.KubectlAsync("apply -f -", manifests.ToString());
        foreach (var ns in town.Namespaces.Keys)
            await cluster.KubectlAsync($"wait pods --all -n {ns} --for=condition=Ready --timeout=60s", limit: TimeSpan.FromSeconds(70));
        await town.MoveInAsync(cluster);
        return town;
    }

    /// <summary>All tries there are, of a pod to itself by its Service too.</summary>
    public IEnumerable<Try> Tries() =>
        from @from in Enumerable.Range(0, Pods.Count)
        from to in Enumerable.Range(0, Pods.Count)
        from port in Ports
        from protocol in new[] { "TCP", "UDP", "SCTP" }
        from way in Enum.GetValues<Way>()
        where (protocol != "SCTP" || way is Way.Pod or Way.Service or Way.Name) && (@from != to || way is Way.Service or Way.Service6)
        select new Try(@from, to, protocol, port, way);

    /// <summary>Tries them all at once; those that got an answer.</summary>
    public async Task<HashSet<Try>> AnsweredAsync(IReadOnlyCollection<Try> tries)
    {
        // A name is asked for once by everybody.
        var names = tries.Where(t => t.Way == Way.Name).Select(t => (t.From, t.To)).Distinct().ToArray();
        var answers = await Task.WhenAll(names.Select(async n => (n, Answered: await ResolvesAsync(n.From, n.To))));
        var resolved = answers.Where(a => a.Answered).Select(a => a.n).ToHashSet();
        bool Named(Try t) => t.Way != Way.Name || resolved.Contains((t.From, t.To));
        var sent = tries.Where(t => t.Protocol == "SCTP" && Named(t)).ToDictionary(t => t, t => sctp[t.From].Send(AddressOf(t), t.Port));
        var results = await Task.WhenAll(tries.Where(t => t.Protocol != "SCTP").Select(async t => (t, Answered: Named(t) && await AnswersAsync(t))));
        return [.. results.Where(r => r.Answered).Select(r => r.t), .. sent.Where(s => sctp[s.Key.To].Saw(s.Value)).Select(s => s.Key)];
    }

    public void Dispose()
    {
        foreach (var one in listeners)
            one.Dispose();
        foreach (var one in sctp)
            one.Dispose();
        foreach (var one in netns)
            one.Dispose();
    }

    private IPAddress AddressOf(Try attempt) => attempt.Way switch
    {
        Way.Pod => Pods[attempt.To].Addresses[0], Way.Pod6 => Pods[attempt.To].Addresses[1], Way.Service6 => services[attempt.To][1], _ => services[attempt.To][0],
    };

    private async Task<bool> AnswersAsync(Try attempt)
    {
        var to = new IPEndPoint(AddressOf(attempt), attempt.Port);
        var outcome = attempt.Protocol == "TCP"
            ? await TcpProbe.SendAsync(netns[attempt.From], to, null, Patience, TimeProvider.System)
            : await UdpProbe.SendAsync(netns[attempt.From], to, null, 8, Patience, TimeProvider.System);
        return outcome.Answer switch
        {
            ProbeAnswer.Answered => true,
            ProbeAnswer.Silent => false,
            _ => throw new InvalidOperationException($"{attempt}: {outcome}"),
        };
    }

    /// <summary>A question for the Service's A record (RFC 1035) that has its address in the answer.</summary>
    private async Task<bool> ResolvesAsync(int from, int to)
    {
        using var socket = netns[from].Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        using var late = new CancellationTokenSource(Patience);
        byte[] name = [.. $"{Pods[to].Name}.{Pods[to].Namespace}.svc.cluster.local".Split('.').SelectMany(l => (byte[])[(byte)l.Length, .. Encoding.ASCII.GetBytes(l)]), 0];
        try
        {
            await socket.ConnectAsync(new IPEndPoint(dns, 53), late.Token);
            await socket.SendAsync((byte[])[7, (byte)to, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. name, 0, 1, 0, 1], late.Token);
            var buffer = new byte[512];
            var length = await socket.ReceiveAsync(buffer, late.Token);
            return buffer.AsSpan(0, length).IndexOf(services[to][0].GetAddressBytes()) > 0 ? true : throw new InvalidOperationException($"the name of {Pods[to].Name} leads elsewhere");
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private Party Empty(string ns, string name)
    {
        var web = name == "c" ? 81 : 80;
        var pod = new Party(ns, name, new Dictionary<string, string> { ["pod"] = name, ["tier"] = name == "a" ? "front" : "back" }, [], new Dictionary<(string, string), int> { [("web", "TCP")] = web });
        Pods.Add(pod);
        return pod;
    }

    private async Task MoveInAsync(TestCluster cluster)
    {
        var inodes = ByInode();
        for (var i = 0; i < Pods.Count; i++)
        {
            var (ns, name) = (Pods[i].Namespace, Pods[i].Name);
            Pods[i] = Pods[i] with { Addresses = [.. (await cluster.AddressesAsync(ns, name)).Select(IPAddress.Parse)] };
            services.Add([.. (await cluster.KubectlAsync($"get service {name} -n {ns} -o jsonpath={{.spec.clusterIPs[*]}}")).Split(' ').Select(IPAddress.Parse)]);
            var link = (await cluster.InPodAsync(ns, name, "readlink /proc/self/ns/net")).Trim();
            netns.Add(NetnsHandle.OpenByPid(inodes[link]));
            sctp.Add(new SctpProbe(netns[i]));
            foreach (var port in Ports)
                Listen(netns[i], port);
        }
        dns = IPAddress.Parse(await cluster.KubectlAsync("get service kube-dns -n kube-system -o jsonpath={.spec.clusterIP}"));
        var kubeSystem = JsonDocument.Parse(await cluster.KubectlAsync("get namespace kube-system -o jsonpath={.metadata.labels}")).RootElement;
        Namespaces["kube-system"] = kubeSystem.EnumerateObject().ToDictionary(l => l.Name, l => l.Value.GetString()!);
        Dns = new Party("kube-system", "kube-dns", new Dictionary<string, string> { ["k8s-app"] = "kube-dns" }, [dns], new Dictionary<(string, string), int> { [("dns", "UDP")] = 53, [("dns-tcp", "TCP")] = 53 });
    }

    private void Listen(NetnsHandle where, int port)
    {
        var (tcp, udp) = where.Run(() => (new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true }, new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true }));
        tcp.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
        tcp.Listen(1024);
        udp.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
        listeners.AddRange([tcp, udp]);
        _ = Task.Run(() => UntilClosedAsync(async () => (await tcp.AcceptAsync()).Dispose()));
        var buffer = new byte[64];
        _ = Task.Run(() => UntilClosedAsync(async () =>
        {
            var got = await udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.IPv6Any, 0));
            await udp.SendToAsync(buffer.AsMemory(0, got.ReceivedBytes), got.RemoteEndPoint);
        }));
    }

    private static async Task UntilClosedAsync(Func<Task> once)
    {
        while (true)
        {
            try
            {
                await once();
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.OperationAborted)
            {
                return;
            }
            catch (SocketException)
            {
                // An error of one client's; the next one is waited for.
            }
        }
    }

    /// <summary>"net:[4026532000]" → a process in it.</summary>
    private static Dictionary<string, int> ByInode()
    {
        var found = new Dictionary<string, int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(f => char.IsAsciiDigit(Path.GetFileName(f)[0])))
        {
            try
            {
                if (new FileInfo($"{folder}/ns/net").LinkTarget is { } link)
                    found.TryAdd(link, int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture));
            }
            catch (IOException)
            {
                // It has ended meanwhile.
            }
        }
        return found;
    }

    private static string Manifest(string ns, string name, string node, Party pod) => $$$"""
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: {{{name}}}, namespace: {{{ns}}}, labels: {pod: {{{name}}}, tier: {{{pod.Labels["tier"]}}}}}
        spec:
          nodeName: {{{node}}}
          terminationGracePeriodSeconds: 0
          containers:
          - name: main
            image: debian
            command: [sleep, infinity]
            ports:
            - {name: web, containerPort: {{{pod.Ports[("web", "TCP")]}}}}
            - {containerPort: {{{161 - pod.Ports[("web", "TCP")]}}}}
            - {containerPort: 80, protocol: UDP}
            - {containerPort: 81, protocol: UDP}
            - {containerPort: 80, protocol: SCTP}
            - {containerPort: 81, protocol: SCTP}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: {{{name}}}, namespace: {{{ns}}}}
        spec:
          ipFamilyPolicy: RequireDualStack
          selector: {pod: {{{name}}}}
          ports: [{name: t0, port: 80}, {name: t1, port: 81}, {name: u0, port: 80, protocol: UDP}, {name: u1, port: 81, protocol: UDP}, {name: s0, port: 80, protocol: SCTP}, {name: s1, port: 81, protocol: SCTP}]

        """;
}
