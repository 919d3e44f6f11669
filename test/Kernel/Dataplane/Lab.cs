using System.Collections.Immutable;
using System.Net;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Model.Snapshot;

namespace Vitrine.Kernel.Dataplane;

/// <summary>
/// A cluster's network out of namespaces: nodes on one or more links, a router between the links, an outside behind the router, pods wired as the CNI
/// plugin wires them. Link s is 10.0.s.0/24 and fd00:s::/64 with the router at .1; node i has .(10+i) and the pods 10.244.i.0/24 and fd00:244:0:i::/64.
/// </summary>
internal sealed class Lab : IDisposable
{
    public const int OutsideLink = 99;
    private readonly List<IDisposable> all = [];
    private readonly ThrowAwayNetns wires = new();
    private readonly HashSet<int> links = [];
    private int ports;

    public Lab()
    {
        Router = Own(new ThrowAwayNetns());
        Outside = Own(new ThrowAwayNetns());
        Router.Handle.Run(() =>
        {
            NetSysctl.Write("ipv4/ip_forward", "1");
            NetSysctl.Write("ipv6/conf/all/forwarding", "1");
        });
        AddLink(OutsideLink);
        Connect(Outside, "eth0", OutsideLink, 2);
    }

    public ThrowAwayNetns Router { get; }

    /// <summary>10.0.99.2 and fd00:99::2.</summary>
    public ThrowAwayNetns Outside { get; }

    public List<LabNode> Nodes { get; } = [];

    public ClusterSnapshot Snapshot => new()
    {
        Nodes = Nodes.Select(n => n.Node).ToImmutableDictionary(n => n.Name),
        Pods = Nodes.SelectMany(n => n.Pods).Select(p => p.Pod).ToImmutableDictionary(p => p.Key),
    };

    /// <summary>Nodes 1, 2 … on the links given.</summary>
    public static Lab With(params int[] nodeLinks)
    {
        var lab = new Lab();
        foreach (var link in nodeLinks)
            lab.AddNode(link);
        return lab;
    }

    public LabNode AddNode(int link, int mtu = 1500)
    {
        AddLink(link);
        var index = Nodes.Count + 1;
        var netns = Own(new ThrowAwayNetns());
        Connect(netns, "eth0", link, 10 + index, mtu);
        var node = Own(new LabNode(index, link, netns));
        Nodes.Add(node);
        return node;
    }

    /// <summary>Takes a link from the router and gives it to another, which gets its addresses.</summary>
    public void MoveLinkTo(int link, ThrowAwayNetns router)
    {
        Router.Socket.DeleteLink($"r{link}");
        router.Handle.Run(() =>
        {
            NetSysctl.Write("ipv4/ip_forward", "1");
            NetSysctl.Write("ipv6/conf/all/forwarding", "1");
        });
        Connect(router, $"r{link}", link, 1, 9000);
    }

    /// <summary>One pass of every node's agent.</summary>
    public void Apply()
    {
        foreach (var node in Nodes)
            node.Apply(Snapshot);
    }

    public void Dispose()
    {
        for (var i = all.Count - 1; i >= 0; i--)
            all[i].Dispose();
        wires.Dispose();
    }

    public static (IPAddress V4, IPAddress V6) On(int link, int host) => (IPAddress.Parse($"10.0.{link}.{host}"), IPAddress.Parse($"fd00:{link}::{host:x}"));

    private void AddLink(int link)
    {
        if (!links.Add(link))
            return;
        wires.Socket.CreateBridge($"br{link}");
        wires.Socket.SetLink($"br{link}", new LinkChange { Mtu = 9000, Up = true });
        Connect(Router, $"r{link}", link, 1, 9000);
    }

    private void Connect(ThrowAwayNetns netns, string name, int link, int host, int mtu = 1500)
    {
        // Before its link-local address has passed duplicate detection a router cannot ask for a neighbour on a pod's behalf: no test waits for that.
        netns.Handle.Run(() =>
        {
            NetSysctl.Write("ipv6/conf/all/accept_dad", "0");
            NetSysctl.Write("ipv6/conf/default/accept_dad", "0");
        });
        var port = $"p{++ports}";
        wires.Socket.CreateVeth(new VethSpec(port, name) { PeerNetns = netns.Handle, Mtu = mtu });
        wires.Socket.SetMaster(port, $"br{link}");
        wires.Socket.SetUp(port);
        netns.Socket.SetUp(name);
        var index = netns.Socket.GetLink(name).Index;
        var (v4, v6) = On(link, host);
        var (router4, router6) = On(link, 1);
        netns.Socket.AddAddress(index, v4, 24);
        netns.Socket.AddAddress(index, v6, 64);
        if (host == 1)
            return;
        netns.Socket.AddRoute(new RouteSpec(IPNetwork.Parse("0.0.0.0/0")) { Gateway = router4, LinkIndex = index });
        netns.Socket.AddRoute(new RouteSpec(IPNetwork.Parse("::/0")) { Gateway = router6, LinkIndex = index });
    }

    private T Own<T>(T thing) where T : IDisposable
    {
        all.Add(thing);
        return thing;
    }
}
