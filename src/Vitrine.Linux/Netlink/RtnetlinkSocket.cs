using System.Net;
using System.Runtime.InteropServices;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netns;

namespace Vitrine.Linux.Netlink;

/// <summary>
/// A NETLINK_ROUTE socket (rtnetlink(7)): links, addresses, routes and neighbours of the one network namespace it was opened in, whichever thread
/// uses it. Not safe for two threads at once. Every change throws <see cref="NetlinkException"/> with the kernel's reason.
/// </summary>
public sealed partial class RtnetlinkSocket : IDisposable
{
    // A dump fills skbs of up to 32 KiB when the reader offers as much (netlink_dump's min_dump_alloc); smaller buffers truncate.
    private const int DumpSize = 32 * 1024;

    // One acknowledgement or one link, which is 1.2 KiB.
    private const int ReplySize = 8 * 1024;
    private const int DumpAttempts = 16;
    private readonly NetlinkHandle handle;
    private byte[]? received;

    private RtnetlinkSocket(NetlinkHandle handle) => this.handle = handle;

    internal uint Sequence { get; private set; } = 1;

    /// <summary>Opens a socket in the namespace of the calling thread.</summary>
    public static RtnetlinkSocket Open() => new(NetlinkHandle.Open(Rtnl.NETLINK_ROUTE));

    /// <summary>Opens a socket in another namespace, on a thread of its own.</summary>
    public static RtnetlinkSocket OpenIn(NetnsHandle netns) => netns.Run(Open);

    /// <summary>Collects several changes for one send. Nothing else may use the socket until it is sent.</summary>
    public RtnetlinkBatch Batch() => new(this);

    public void CreateBridge(string name, MacAddress? mac = null) => Batch().CreateBridge(name, mac).Send();

    public void CreateVeth(VethSpec veth) => Batch().CreateVeth(veth).Send();

    public void CreateVeth(string name, string peerName, NetnsHandle? peerNetns = null) =>
        CreateVeth(new VethSpec(name, peerName) { PeerNetns = peerNetns });

    public void SetUp(string name) => SetLink(name, new LinkChange { Up = true });

    public void SetUp(int index) => SetLink(index, new LinkChange { Up = true });

    public void SetDown(string name) => SetLink(name, new LinkChange { Up = false });

    public void SetMaster(string name, string master) => SetLink(name, new LinkChange { Master = GetLink(master).Index });

    public void SetLink(string name, LinkChange change) => Batch().SetLink(name, change).Send();

    public void SetLink(int index, LinkChange change) => Batch().SetLink(index, change).Send();

    public void MoveLink(string name, NetnsHandle netns) => Batch().MoveLink(name, netns).Send();

    public void DeleteLink(string name) => Batch().DeleteLink(name).Send();

    /// <summary>Deletes a link; false when there is none of that name.</summary>
    public bool TryDeleteLink(string name) => Unless(Errno.ENODEV, () => DeleteLink(name));

    /// <summary>Deletes all links of a group in one request; false when it is empty.</summary>
    public bool TryDeleteGroup(uint group) => Unless(Errno.ENODEV, () => Batch().DeleteGroup(group).Send());

    public void AddAddress(int linkIndex, IPAddress address, int prefixLength) => Batch().AddAddress(linkIndex, address, prefixLength).Send();

    public void DeleteAddress(int linkIndex, IPAddress address, int prefixLength) => Batch().DeleteAddress(linkIndex, address, prefixLength).Send();

    public void AddRoute(RouteSpec route) => Batch().AddRoute(route).Send();

    public void ReplaceRoute(RouteSpec route) => Batch().ReplaceRoute(route).Send();

    public void DeleteRoute(RouteSpec route) => Batch().DeleteRoute(route).Send();

    /// <summary>Deletes a route; false when there is none that matches.</summary>
    public bool TryDeleteRoute(RouteSpec route) => Unless(Errno.ESRCH, () => DeleteRoute(route));

    public void ReplaceNeighbour(int linkIndex, IPAddress address, MacAddress mac) => Batch().ReplaceNeighbour(linkIndex, address, mac).Send();

    public IReadOnlyList<Link> ListLinks() => Dump(Rtnl.RTM_GETLINK, Rtnl.IfinfomsgSize, "list links", Link.Read);

    public IReadOnlyList<LinkAddress> ListAddresses() =>
        [.. Dump(Rtnl.RTM_GETADDR, Rtnl.IfaddrmsgSize, "list addresses", LinkAddress.Read).OfType<LinkAddress>()];

    /// <summary>Routes of every table and both families, without the kernel's cached clones.</summary>
    public IReadOnlyList<RouteSpec> ListRoutes() =>
        [.. Dump(Rtnl.RTM_GETROUTE, Rtnl.RtmsgSize, "list routes", ReadRoute).OfType<RouteSpec>()];

    /// <summary>Neighbours of both families, and forwarding entries of every link that has a database.</summary>
    public IReadOnlyList<Neighbour> ListNeighbours() =>
        [.. Dump(Rtnl.RTM_GETNEIGH, Rtnl.NdmsgSize, "list neighbours", Neighbour.Read), .. Dump(Rtnl.RTM_GETNEIGH, Rtnl.NdmsgSize, "list forwarding entries", Neighbour.Read, Rtnl.AF_BRIDGE)];

    /// <summary>The route the kernel would take.</summary>
    /// <exception cref="NetlinkException">ENETUNREACH, EHOSTUNREACH, EACCES, EINVAL: what the packet's sender would be told</exception>
    public RouteSpec FindRoute(RouteLookup lookup)
    {
        var attempted = $"find a route to {lookup.Destination}";
        var writer = new NetlinkMessageWriter();
        var sequence = NextSequence();
        writer.Begin(Rtnl.RTM_GETROUTE, Rtnl.NLM_F_REQUEST, sequence);
        var header = writer.Reserve(Rtnl.RtmsgSize);
        var v6 = lookup.Destination.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        (header[0], header[1]) = ((byte)(v6 ? Rtnl.AF_INET6 : Rtnl.AF_INET), (byte)(v6 ? 128 : 32));
        if (lookup.Source is not null)
            header[2] = header[1];
        writer.Attribute(Rtnl.RTA_DST, lookup.Destination);
        if (lookup.Source is not null)
            writer.Attribute(Rtnl.RTA_SRC, lookup.Source);
        if (lookup.InInterface != 0)
            writer.Attribute(Rtnl.RTA_IIF, (uint)lookup.InInterface);
        if (lookup.Mark != 0)
            writer.Attribute(Rtnl.RTA_MARK, lookup.Mark);
        handle.Send(writer.Written);
        while (true)
        {
            var reader = Receive();
            while (reader.Next())
                if (reader.Sequence == sequence)
                {
                    if (reader.Type == Rtnl.RTM_NEWROUTE)
                        return RouteSpec.Read(reader.Body);
                    if (reader.Type == Rtnl.NLMSG_ERROR)
                        throw ReadError(ref reader, attempted) ?? new NetlinkException(attempted, Errno.EIO, "the kernel gave no route and no reason");
                }
        }
    }

    public Link GetLink(string name) => FindLink(name) ?? throw new NetlinkException($"find link {name}", Errno.ENODEV, null);

    /// <summary>The link of that name in this namespace, or null.</summary>
    public Link? FindLink(string name)
    {
        var writer = new NetlinkMessageWriter();
        var sequence = NextSequence();
        writer.Begin(Rtnl.RTM_GETLINK, Rtnl.NLM_F_REQUEST, sequence);
        writer.Reserve(Rtnl.IfinfomsgSize);
        writer.Attribute(Rtnl.IFLA_IFNAME, name);
        writer.Attribute(Rtnl.IFLA_EXT_MASK, Rtnl.RTEXT_FILTER_SKIP_STATS);
        handle.Send(writer.Written);
        while (true)
        {
            var reader = Receive();
            while (reader.Next())
                if (reader.Sequence == sequence)
                {
                    if (reader.Type == Rtnl.RTM_NEWLINK)
                        return Link.Read(reader.Body);
                    if (reader.Type == Rtnl.NLMSG_ERROR && ReadError(ref reader, $"find link {name}") is { } failure)
                        return failure.Errno == Errno.ENODEV ? null : throw failure;
                }
        }
    }

    public void Dispose() => handle.Dispose();

    internal uint NextSequence() => Sequence++;

    /// <summary>Sends requests whose last one asks for an acknowledgement, and reads until that comes.</summary>
    internal void Transact(ReadOnlySpan<byte> messages, uint firstSequence, IReadOnlyList<string> attempted)
    {
        handle.Send(messages);
        NetlinkException? first = null;
        var last = firstSequence + (uint)attempted.Count - 1;
        while (true)
        {
            var reader = Receive();
            while (reader.Next())
            {
                if (reader.Type != Rtnl.NLMSG_ERROR || reader.Sequence < firstSequence || reader.Sequence > last)
                    continue;
                first ??= ReadError(ref reader, attempted[(int)(reader.Sequence - firstSequence)]);
                if (reader.Sequence != last)
                    continue;
                if (first is not null)
                    throw first;
                return;
            }
        }
    }

    private List<T> Dump<T>(ushort type, int headerSize, string attempted, Func<ReadOnlySpan<byte>, T> read, byte family = 0)
    {
        // The table may change between the parts of a dump; the kernel says so and the list may then miss entries.
        for (var attempt = 0; attempt < DumpAttempts; attempt++)
            if (TryDump(type, headerSize, attempted, read, family) is { } whole)
                return whole;
        throw new NetlinkException(attempted, Errno.EAGAIN, $"the table changed during each of {DumpAttempts} dumps");
    }

    private List<T>? TryDump<T>(ushort type, int headerSize, string attempted, Func<ReadOnlySpan<byte>, T> read, byte family = 0)
    {
        var writer = new NetlinkMessageWriter();
        var sequence = NextSequence();
        writer.Begin(type, Rtnl.NLM_F_REQUEST | Rtnl.NLM_F_DUMP, sequence);
        writer.Reserve(headerSize)[0] = family;
        if (type == Rtnl.RTM_GETLINK)
            writer.Attribute(Rtnl.IFLA_EXT_MASK, Rtnl.RTEXT_FILTER_SKIP_STATS);
        handle.Send(writer.Written);
        if (received is not { Length: DumpSize })
            received = new byte[DumpSize];
        var results = new List<T>();
        var interrupted = false;
        while (true)
        {
            var reader = Receive();
            while (reader.Next())
            {
                if (reader.Sequence != sequence)
                    continue;
                interrupted |= (reader.Flags & Rtnl.NLM_F_DUMP_INTR) != 0;
                if (reader.Type == Rtnl.NLMSG_DONE)
                    return interrupted ? null : results;
                if (reader.Type == Rtnl.NLMSG_ERROR)
                    throw ReadError(ref reader, attempted) ?? new NetlinkException(attempted, Errno.EIO, "the kernel ended the dump without a reason");
                results.Add(read(reader.Body));
            }
        }
    }

    private NetlinkMessageReader Receive()
    {
        received ??= new byte[ReplySize];
        return new NetlinkMessageReader(received.AsSpan(0, handle.Receive(received)));
    }

    /// <summary>struct nlmsgerr: a negative errno (0 acknowledges), the request's header, then attributes when NLM_F_ACK_TLVS says so.</summary>
    internal static NetlinkException? ReadError(ref NetlinkMessageReader reader, Func<string> attempted) =>
        MemoryMarshal.Read<int>(reader.Body) == 0 ? null : ReadError(ref reader, attempted());

    private static NetlinkException? ReadError(ref NetlinkMessageReader reader, string attempted)
    {
        var errno = -MemoryMarshal.Read<int>(reader.Body);
        if (errno == 0)
            return null;
        string? message = null;
        if ((reader.Flags & Rtnl.NLM_F_ACK_TLVS) != 0 && (reader.Flags & Rtnl.NLM_F_CAPPED) != 0)
        {
            var attributes = new AttributeReader(reader.Body[(4 + Rtnl.NlmsgHeaderSize)..]);
            while (attributes.Next())
                if (attributes.Type == Rtnl.NLMSGERR_ATTR_MSG)
                    message = attributes.String;
        }
        return new NetlinkException(attempted, errno, message);
    }

    private static RouteSpec? ReadRoute(ReadOnlySpan<byte> body) =>
        body[0] is Rtnl.AF_INET or Rtnl.AF_INET6 && (MemoryMarshal.Read<uint>(body[8..]) & Rtnl.RTM_F_CLONED) == 0 ? RouteSpec.Read(body) : null;

    private static bool Unless(int errno, Action change)
    {
        try
        {
            change();
            return true;
        }
        catch (NetlinkException e) when (e.Errno == errno)
        {
            return false;
        }
    }
}
