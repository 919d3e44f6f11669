using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Dataplane.Explain;
using Vitrine.Kernel.Dataplane;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Model.Explain;
using Vitrine.Model.Plans;

namespace Vitrine.Kernel.Explain;

/// <summary>A small cluster of the lab with random pods, listeners and things broken, and what explain reads of it.</summary>
internal sealed class RandomTown : IDisposable
{
    public static readonly int[] Ports = [53, 80, 443, 8080];
    private readonly Lab lab;
    private readonly Random random;
    private readonly List<Responder> responders = [];
    private readonly Dictionary<string, ThrowAwayNetns> namespaces = [];
    private readonly List<string> broken = [];
    private readonly TownHostPorts hostPorts;
    private readonly TownServices services;
    private ImmutableDictionary<string, RoutePlan> plans = ImmutableDictionary<string, RoutePlan>.Empty;

    public RandomTown(int seed)
    {
        random = new Random(seed);
        lab = Lab.With([.. Enumerable.Range(0, random.Next(2, 5)).Select(_ => random.Next(1, 3))]);
        foreach (var node in lab.Nodes)
            for (var pods = random.Next(1, 3); pods > 0; pods--)
                node.AddPod();
        Apply();
        hostPorts = new TownHostPorts(lab, random);
        services = new TownServices(lab, random);
        (namespaces["router"], namespaces["outside"]) = (lab.Router, lab.Outside);
        foreach (var node in lab.Nodes)
        {
            namespaces[Place.Node(node.Node.Name)] = node.Netns;
            foreach (var pod in node.Pods)
                namespaces[Place.Pod(pod.Pod.Key)] = pod.Netns;
        }
        foreach (var netns in namespaces.Values)
            netns.Handle.Run(Talkative);
        Listen();
        for (var faults = random.Next(0, 4); faults > 0; faults--)
            Break();
        Scene = Read();
    }

    public Scene Scene { get; }

    /// <summary>What was broken, for the message of a failure.</summary>
    public string Broken => broken.Count == 0 ? "nothing" : string.Join("; ", broken);

    public NetnsHandle Namespace(string station) => namespaces[station].Handle;

    /// <summary>A random question; its ends have addresses.</summary>
    public Question Ask()
    {
        var v6 = random.Next(2) == 1;
        var from = Pick(v6, nowhere: false);
        if (random.Next(3) == 0)
        {
            var (service, port) = services.Pick(v6, inside: from.Object != "outside", lab.Nodes);
            return new Question(from, service, random.Next(2) == 0 ? Transport.Tcp : Transport.Udp, port);
        }
        if (random.Next(6) == 0)
        {
            var (node, port) = hostPorts.Pick(v6, lab.Nodes);
            return new Question(from, node, random.Next(2) == 0 ? Transport.Tcp : Transport.Udp, port);
        }
        var to = Pick(v6, nowhere: true);
        var transport = (Transport)random.Next(3);
        var sized = transport != Transport.Tcp && random.Next(3) == 0;
        return new Question(from, to, transport, transport == Transport.Icmp ? 0 : Ports[random.Next(Ports.Length)], sized ? new[] { 200, 1000, 1280, 1290, 1380, 1425, 1445, 1480, 1500, 1600 }[random.Next(10)] : 0);
    }

    public void Dispose()
    {
        foreach (var responder in responders)
            responder.Dispose();
        services.Dispose();
        lab.Dispose();
    }

    private Place Pick(bool v6, bool nowhere)
    {
        var node = lab.Nodes[random.Next(lab.Nodes.Count)];
        var pod = node.Pods[random.Next(node.Pods.Count)];
        return random.Next(10) switch
        {
            0 => new Place("outside", v6 ? Lab.On(Lab.OutsideLink, 2).V6 : Lab.On(Lab.OutsideLink, 2).V4),
            1 or 2 => new Place(Place.Node(node.Node.Name), v6 ? node.V6 : node.V4),
            3 when nowhere => new Place("nobody", IPAddress.Parse(v6 ? $"fd00:244:0:{node.Index}::77" : $"10.244.{node.Index}.77")),
            _ => new Place(Place.Pod(pod.Pod.Key), v6 ? pod.V6 : pod.V4),
        };
    }

    /// <summary>The kernel keeps back errors when they come too often; here each is a result.</summary>
    private static void Talkative()
    {
        foreach (var (name, value) in new[] { ("ipv4/icmp_ratelimit", "0"), ("ipv4/icmp_ratemask", "0"), ("ipv4/icmp_msgs_per_sec", "1000000"), ("ipv4/icmp_msgs_burst", "100000"), ("ipv6/icmp/ratelimit", "0") })
            NetSysctl.TryWrite(name, value);
    }

    private void Listen()
    {
        foreach (var (name, netns) in namespaces)
            foreach (var port in Ports)
                foreach (var udp in new[] { false, true })
                    if (random.Next(5) is < 4 and var way)
                    {
                        var own = netns.Socket.ListAddresses().FirstOrDefault(a => a.Address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a.Address))?.Address ?? IPAddress.Any;
                        var address = way switch { 0 => IPAddress.IPv6Any, 1 => IPAddress.Any, 2 => random.Next(2) == 0 ? IPAddress.Loopback : IPAddress.IPv6Loopback, _ => own };
                        responders.Add(new Responder(netns.Handle, udp, new IPEndPoint(address, port), onlyV6: random.Next(2) == 0));
                    }
    }

    private void Break()
    {
        var node = lab.Nodes[random.Next(lab.Nodes.Count)];
        var pod = node.Pods[random.Next(node.Pods.Count)];
        switch (random.Next(9))
        {
            case 0:
                Lose(node.Netns, $"{node.Node.Name} its routes to pods", r => r.Protocol == Vitrine.Dataplane.Apply.RouteTables.Protocol && random.Next(2) == 0);
                break;
            case 1:
                Lose(node.Netns, $"{node.Node.Name} the routes to {pod.Pod.Name}", r => r.Destination.BaseAddress.Equals(pod.V4) || r.Destination.BaseAddress.Equals(pod.V6));
                break;
            case 2:
                Lose(pod.Netns, $"{pod.Pod.Name} its default routes", r => r.Destination.PrefixLength == 0);
                break;
            case 3:
                Down(pod.Netns, "eth0", pod.Pod.Name);
                break;
            case 4:
                Down(node.Netns, pod.HostLink, node.Node.Name);
                break;
            case 5 when broken.Count == 0:
                Down(node.Netns, "eth0", node.Node.Name);
                break;
            case 6 when broken.Count == 0:
                var mtu = random.Next(2) == 0 ? 1300 : 1400;
                broken.Add($"{node.Node.Name} eth0 mtu {mtu}");
                node.Netns.Socket.SetLink("eth0", new LinkChange { Mtu = mtu });
                Apply();
                break;
            case 7:
                var refused = new RouteSpec(new IPNetwork(pod.V4, 32)) { Type = random.Next(3) switch { 0 => RouteType.Blackhole, 1 => RouteType.Unreachable, _ => RouteType.Prohibit } };
                var other = lab.Nodes[random.Next(lab.Nodes.Count)];
                broken.Add($"{other.Node.Name} has {refused.Type} {refused.Destination}");
                other.Netns.Socket.ReplaceRoute(refused);
                break;
            case 8:
                var forwarding = random.Next(2) == 0 ? "ipv4/ip_forward" : "ipv6/conf/all/forwarding";
                broken.Add($"{node.Node.Name} {forwarding} 0");
                node.Netns.Handle.Run(() => NetSysctl.Write(forwarding, "0"));
                break;
        }
    }

    /// <summary>What is broken later is broken behind the agents' backs.</summary>
    private void Apply() => plans = lab.Nodes.ToImmutableDictionary(n => n.Node.Name, n => n.Apply(lab.Snapshot).Plan!);

    private void Lose(ThrowAwayNetns netns, string what, Func<RouteSpec, bool> which)
    {
        broken.Add($"lost: {what}");
        foreach (var route in netns.Socket.ListRoutes().Where(r => r.Table == 254).Where(which))
            netns.Socket.TryDeleteRoute(route);
    }

    private void Down(ThrowAwayNetns netns, string link, string whose)
    {
        broken.Add($"{whose} {link} down");
        netns.Socket.SetDown(link);
    }

    private Scene Read()
    {
        return new Scene(
            services.Snapshot,
            plans,
            new Observations { Stations = namespaces.ToImmutableDictionary(n => n.Key, n => StationReader.Read(n.Key, n.Value.Handle)) })
        {
            Services = services.Plans,
        };
    }
}
