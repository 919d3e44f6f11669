using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Vitrine.Linux.Netlink;

/// <summary>
/// Several changes in one send(2), done in order. The kernel goes on after a failure; <see cref="Send"/> throws the first one.
/// A process killed in between has sent all or nothing.
/// </summary>
public sealed partial class RtnetlinkBatch
{
    private const ushort Request = Rtnl.NLM_F_REQUEST, Create = Request | Rtnl.NLM_F_CREATE | Rtnl.NLM_F_EXCL, Replace = Request | Rtnl.NLM_F_CREATE | Rtnl.NLM_F_REPLACE;
    private readonly RtnetlinkSocket socket;
    private readonly NetlinkMessageWriter writer = new();
    private readonly List<string> attempted = [];
    private readonly uint firstSequence;

    internal RtnetlinkBatch(RtnetlinkSocket socket)
    {
        this.socket = socket;
        firstSequence = socket.Sequence;
    }

    /// <summary>Creates a bridge, down. Give it a MAC of its own: otherwise it takes its lowest port's, and changes with the ports.</summary>
    public RtnetlinkBatch CreateBridge(string name, MacAddress? mac = null)
    {
        BeginLink(Rtnl.RTM_NEWLINK, Create, 0, name, $"create bridge {name}");
        if (mac is { } address)
            writer.Attribute(Rtnl.IFLA_ADDRESS, address);
        var linkInfo = writer.BeginNest(Rtnl.IFLA_LINKINFO);
        writer.Attribute(Rtnl.IFLA_INFO_KIND, "bridge");
        writer.EndNest(linkInfo);
        return this;
    }

    public RtnetlinkBatch CreateVeth(VethSpec veth)
    {
        BeginLink(Rtnl.RTM_NEWLINK, Create, 0, veth.Name, $"create veth {veth.Name} with peer {veth.PeerName}{(veth.PeerNetns is null ? "" : " in " + veth.PeerNetns.Path)}");
        if (veth.Group != 0)
            writer.Attribute(Rtnl.IFLA_GROUP, veth.Group);
        WriteEnd(veth.Mac, veth.Mtu);
        var linkInfo = writer.BeginNest(Rtnl.IFLA_LINKINFO);
        writer.Attribute(Rtnl.IFLA_INFO_KIND, "veth");
        var linkData = writer.BeginNest(Rtnl.IFLA_INFO_DATA);
        var peer = writer.BeginNest(Rtnl.VETH_INFO_PEER);
        writer.Reserve(Rtnl.IfinfomsgSize);
        writer.Attribute(Rtnl.IFLA_IFNAME, veth.PeerName);
        if (veth.PeerNetns is not null)
            writer.Attribute(Rtnl.IFLA_NET_NS_FD, (uint)veth.PeerNetns.Fd);
        WriteEnd(veth.PeerMac, veth.Mtu);
        writer.EndNest(peer);
        writer.EndNest(linkData);
        writer.EndNest(linkInfo);
        return this;
    }

    public RtnetlinkBatch CreateVxlan(VxlanSpec vxlan)
    {
        BeginLink(Rtnl.RTM_NEWLINK, Create, 0, vxlan.Name, $"create vxlan {vxlan.Name} from {vxlan.Local}");
        WriteEnd(vxlan.Mac, vxlan.Mtu);
        var linkInfo = writer.BeginNest(Rtnl.IFLA_LINKINFO);
        writer.Attribute(Rtnl.IFLA_INFO_KIND, "vxlan");
        var settings = writer.BeginNest(Rtnl.IFLA_INFO_DATA);
        writer.Attribute(Rtnl.IFLA_VXLAN_ID, (uint)vxlan.Vni);
        writer.Attribute(Rtnl.IFLA_VXLAN_LEARNING, (byte)0);
        writer.Attribute(Rtnl.IFLA_VXLAN_PORT, [(byte)(vxlan.Port >> 8), (byte)vxlan.Port]);
        if (vxlan.Local is { } local)
            writer.Attribute(local.AddressFamily == AddressFamily.InterNetworkV6 ? Rtnl.IFLA_VXLAN_LOCAL6 : Rtnl.IFLA_VXLAN_LOCAL, local);
        writer.EndNest(settings);
        writer.EndNest(linkInfo);
        return this;
    }

    public RtnetlinkBatch SetLink(int index, LinkChange change) => SetLink(index, null, change, $"change link {index}");

    public RtnetlinkBatch SetLink(string name, LinkChange change) => SetLink(0, name, change, $"change link {name}");

    /// <summary>Moves a link into another namespace. Its routes and addresses do not go with it.</summary>
    public RtnetlinkBatch MoveLink(string name, Netns.NetnsHandle netns)
    {
        BeginLink(Rtnl.RTM_SETLINK, Request, 0, name, $"move link {name} to {netns.Path}");
        writer.Attribute(Rtnl.IFLA_NET_NS_FD, (uint)netns.Fd);
        return this;
    }

    /// <summary>A frame may leave by the port it came in: a pod reaches itself through its Service.</summary>
    public RtnetlinkBatch SetHairpin(string port, int portIndex)
    {
        var message = Begin(Rtnl.RTM_SETLINK, Request, Rtnl.IfinfomsgSize, $"set hairpin mode of bridge port {port}");
        message[0] = Rtnl.AF_BRIDGE;
        MemoryMarshal.Write(message[4..], portIndex);
        var port6 = writer.BeginNest(Rtnl.IFLA_PROTINFO);
        writer.Attribute(Rtnl.IFLA_BRPORT_MODE, (byte)1);
        writer.EndNest(port6);
        return this;
    }

    public RtnetlinkBatch DeleteLink(string name)
    {
        BeginLink(Rtnl.RTM_DELLINK, Request, 0, name, $"delete link {name}");
        return this;
    }

    /// <summary>Deletes every link of a group in one go: the wait for RCU is paid once, not per link. ENODEV when the group is empty.</summary>
    public RtnetlinkBatch DeleteGroup(uint group)
    {
        BeginLink(Rtnl.RTM_DELLINK, Request, 0, null, $"delete links of group {group}");
        writer.Attribute(Rtnl.IFLA_GROUP, group);
        return this;
    }

    /// <summary>Adds an address; IPv6 without duplicate address detection, since the address is ours by allocation. EEXIST when it is there.</summary>
    /// <param name="prefixRoute">false: the kernel adds no route for the prefix</param>
    public RtnetlinkBatch AddAddress(int linkIndex, IPAddress address, int prefixLength, bool prefixRoute = true)
    {
        BeginAddress(Rtnl.RTM_NEWADDR, Create, linkIndex, address, prefixLength, "add");
        var flags = (address.AddressFamily == AddressFamily.InterNetworkV6 ? Rtnl.IFA_F_NODAD : 0) | (prefixRoute ? 0 : Rtnl.IFA_F_NOPREFIXROUTE);
        if (flags != 0)
            writer.Attribute(Rtnl.IFA_FLAGS, flags);
        return this;
    }

    public RtnetlinkBatch DeleteAddress(int linkIndex, IPAddress address, int prefixLength)
    {
        BeginAddress(Rtnl.RTM_DELADDR, Request, linkIndex, address, prefixLength, "delete");
        return this;
    }

    /// <summary>Adds a route; EEXIST when one with the same destination, metric and table is there.</summary>
    public RtnetlinkBatch AddRoute(RouteSpec route) => WriteRoute(Rtnl.RTM_NEWROUTE, Create, route, "add");

    /// <summary>Adds a route or takes the place of one with the same destination, metric and table.</summary>
    public RtnetlinkBatch ReplaceRoute(RouteSpec route) => WriteRoute(Rtnl.RTM_NEWROUTE, Replace, route, "replace");

    /// <summary>Deletes the route that matches what is given; ESRCH when there is none.</summary>
    public RtnetlinkBatch DeleteRoute(RouteSpec route) => WriteRoute(Rtnl.RTM_DELROUTE, Request, route, "delete");

    /// <summary>A permanent neighbour entry: no ARP or neighbour discovery is ever sent for it.</summary>
    public RtnetlinkBatch ReplaceNeighbour(int linkIndex, IPAddress address, MacAddress mac)
    {
        var message = Begin(Rtnl.RTM_NEWNEIGH, Replace, Rtnl.NdmsgSize, $"set neighbour {address} of link {linkIndex} to {mac}");
        message[0] = Family(address);
        MemoryMarshal.Write(message[4..], linkIndex);
        MemoryMarshal.Write(message[8..], Rtnl.NUD_PERMANENT);
        writer.Attribute(Rtnl.NDA_DST, address);
        writer.Attribute(Rtnl.NDA_LLADDR, mac);
        return this;
    }

    public RtnetlinkBatch DeleteNeighbour(int linkIndex, IPAddress address)
    {
        var message = Begin(Rtnl.RTM_DELNEIGH, Request, Rtnl.NdmsgSize, $"delete neighbour {address} of link {linkIndex}");
        message[0] = Family(address);
        MemoryMarshal.Write(message[4..], linkIndex);
        writer.Attribute(Rtnl.NDA_DST, address);
        return this;
    }

    /// <summary>Frames for a MAC address go to the tunnel's end at <paramref name="remote"/>.</summary>
    public RtnetlinkBatch ReplaceForwarding(int linkIndex, MacAddress mac, IPAddress remote) =>
        Forwarding(Rtnl.RTM_NEWNEIGH, Replace, linkIndex, mac, remote, $"forward {mac} on link {linkIndex} to {remote}");

    public RtnetlinkBatch DeleteForwarding(int linkIndex, MacAddress mac, IPAddress remote) =>
        Forwarding(Rtnl.RTM_DELNEIGH, Request, linkIndex, mac, remote, $"stop forwarding {mac} on link {linkIndex} to {remote}");

    /// <summary>Sends all and waits for the kernel's answers.</summary>
    /// <exception cref="NetlinkException">the first request that failed</exception>
    public void Send()
    {
        if (writer.Count == 0)
            return;
        writer.AcknowledgeLast();
        socket.Transact(writer.Written, firstSequence, attempted);
    }

    private RtnetlinkBatch SetLink(int index, string? name, LinkChange change, string what)
    {
        // RTM_NEWLINK without NLM_F_CREATE changes an existing link, and unlike RTM_SETLINK it takes every attribute here.
        BeginLink(Rtnl.RTM_NEWLINK, Request, index, name, what, change.Up, change.Arp);
        if (change.NewName is not null)
            writer.Attribute(Rtnl.IFLA_IFNAME, change.NewName);
        WriteEnd(change.Mac, change.Mtu ?? 0);
        if (change.Master is { } master)
            writer.Attribute(Rtnl.IFLA_MASTER, (uint)master);
        if (change.Group is { } group)
            writer.Attribute(Rtnl.IFLA_GROUP, group);
        if (change.Alias is not null)
            writer.Attribute(Rtnl.IFLA_IFALIAS, change.Alias);
        WriteFamilies(change);
        return this;
    }

    private void WriteEnd(MacAddress? mac, int mtu)
    {
        if (mac is { } address)
            writer.Attribute(Rtnl.IFLA_ADDRESS, address);
        if (mtu != 0)
            writer.Attribute(Rtnl.IFLA_MTU, (uint)mtu);
    }

    /// <summary>struct ifinfomsg: family, pad, type (2), index (4), flags (4), change mask (4).</summary>
    private void BeginLink(ushort type, ushort flags, int index, string? name, string what, bool? up = null, bool? arp = null)
    {
        var message = Begin(type, flags, Rtnl.IfinfomsgSize, what);
        MemoryMarshal.Write(message[4..], index);
        MemoryMarshal.Write(message[8..], (up == true ? Rtnl.IFF_UP : 0) | (arp == false ? Rtnl.IFF_NOARP : 0));
        MemoryMarshal.Write(message[12..], (up is null ? 0 : Rtnl.IFF_UP) | (arp is null ? 0 : Rtnl.IFF_NOARP));
        if (name is not null)
            writer.Attribute(Rtnl.IFLA_IFNAME, name);
    }

    private void BeginAddress(ushort type, ushort flags, int linkIndex, IPAddress address, int prefixLength, string verb)
    {
        var message = Begin(type, flags, Rtnl.IfaddrmsgSize, $"{verb} address {address}/{prefixLength} on link {linkIndex}");
        message[0] = Family(address);
        message[1] = (byte)prefixLength;
        MemoryMarshal.Write(message[4..], linkIndex);
        writer.Attribute(Rtnl.IFA_LOCAL, address);
        writer.Attribute(Rtnl.IFA_ADDRESS, address);
    }

    private RtnetlinkBatch Forwarding(ushort type, ushort flags, int linkIndex, MacAddress mac, IPAddress remote, string what)
    {
        var message = Begin(type, flags, Rtnl.NdmsgSize, what);
        message[0] = Rtnl.AF_BRIDGE;
        MemoryMarshal.Write(message[4..], linkIndex);
        MemoryMarshal.Write(message[8..], (ushort)(Rtnl.NUD_PERMANENT | Rtnl.NUD_NOARP));
        message[10] = Rtnl.NTF_SELF;
        writer.Attribute(Rtnl.NDA_LLADDR, mac);
        writer.Attribute(Rtnl.NDA_DST, remote);
        return this;
    }

    private RtnetlinkBatch WriteRoute(ushort type, ushort flags, RouteSpec route, string verb)
    {
        var message = Begin(type, flags, Rtnl.RtmsgSize, $"{verb} {(route.Type == RouteType.Unicast ? "" : route.Type.ToString().ToLowerInvariant() + " ")}route {route.Destination}");
        message[0] = route.Family;
        message[1] = (byte)route.Destination.PrefixLength;
        message[4] = route.Table < 256 ? (byte)route.Table : (byte)0;
        message[5] = type == Rtnl.RTM_DELROUTE && route.Protocol == Rtnl.RTPROT_BOOT ? (byte)0 : route.Protocol;
        // RT_SCOPE_NOWHERE in a delete matches any scope.
        message[6] = (byte)(type == Rtnl.RTM_DELROUTE ? route.Scope ?? RouteScope.Nowhere : route.EffectiveScope);
        message[7] = (byte)route.Type;
        MemoryMarshal.Write(message[8..], route.OnLink ? Rtnl.RTNH_F_ONLINK : 0u);
        if (route.Destination.PrefixLength > 0)
            writer.Attribute(Rtnl.RTA_DST, route.Destination.BaseAddress);
        if (route.Gateway is not null)
            writer.Attribute(Rtnl.RTA_GATEWAY, route.Gateway);
        if (route.LinkIndex != 0)
            writer.Attribute(Rtnl.RTA_OIF, (uint)route.LinkIndex);
        if (route.Source is not null)
            writer.Attribute(Rtnl.RTA_PREFSRC, route.Source);
        if (route.Metric != 0)
            writer.Attribute(Rtnl.RTA_PRIORITY, route.Metric);
        if (route.Table >= 256)
            writer.Attribute(Rtnl.RTA_TABLE, route.Table);
        if (route.Mtu != 0)
        {
            var metrics = writer.BeginNest(Rtnl.RTA_METRICS);
            writer.Attribute(Rtnl.RTAX_MTU, (uint)route.Mtu);
            writer.EndNest(metrics);
        }
        return this;
    }

    private Span<byte> Begin(ushort type, ushort flags, int headerSize, string what)
    {
        writer.Begin(type, flags, socket.NextSequence());
        attempted.Add(what);
        return writer.Reserve(headerSize);
    }

    private static byte Family(IPAddress address) => (byte)(address.AddressFamily == AddressFamily.InterNetworkV6 ? Rtnl.AF_INET6 : Rtnl.AF_INET);
}
