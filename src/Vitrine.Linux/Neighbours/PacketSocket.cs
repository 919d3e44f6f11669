using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;

namespace Vitrine.Linux.Neighbours;

/// <summary>Whole frames of one EtherType on one link (packet(7)).</summary>
internal sealed unsafe class PacketSocket : IDisposable
{
    internal const ushort Arp = 0x0806, IPv6 = 0x86dd;
    private const int AfPacket = 17, SockRaw = 3, SockCloseOnExec = 0x80000, SolPacket = 263, AddMembership = 1, DropMembership = 2, SolSocket = 1, AttachFilter = 26;
    private const ushort Multicast = 0, AddressLinkLayerSize = 20;
    private readonly Socket socket;
    private readonly int link;

    /// <summary>Opens it in the namespace of the calling thread.</summary>
    /// <param name="link">index of the link</param>
    /// <param name="etherType"><see cref="Arp"/>, or <see cref="IPv6"/>, of which only neighbour solicitations are let through</param>
    internal PacketSocket(int link, ushort etherType)
    {
        this.link = link;
        // Protocol 0: nothing comes before filter and link are set.
        var fd = LibC.Socket(AfPacket, SockRaw | SockCloseOnExec, 0);
        LibC.Check(fd, "open a packet socket");
        socket = new Socket(new SafeSocketHandle(fd, ownsHandle: true));
        try
        {
            if (etherType == IPv6)
                Filter(fd);
            // struct sockaddr_ll: family, protocol in network order, index, and what matters only for sending.
            var address = stackalloc byte[AddressLinkLayerSize];
            new Span<byte>(address, AddressLinkLayerSize).Clear();
            MemoryMarshal.Write(new Span<byte>(address, 2), (ushort)AfPacket);
            BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(address + 2, 2), etherType);
            MemoryMarshal.Write(new Span<byte>(address + 4, 4), link);
            LibC.Check(LibC.Bind(fd, address, AddressLinkLayerSize), $"bind a packet socket to link {link}");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    internal void Join(MacAddress group) => Membership(AddMembership, group, "join");

    internal void Leave(MacAddress group) => Membership(DropMembership, group, "leave");

    internal ValueTask<int> ReceiveAsync(Memory<byte> frame, CancellationToken ct) => socket.ReceiveAsync(frame, ct);

    /// <summary>False when the link does not take it, being down for instance.</summary>
    internal bool TrySend(ReadOnlySpan<byte> frame)
    {
        fixed (byte* p = frame)
            return LibC.Send((int)socket.Handle, p, frame.Length, 0) == frame.Length;
    }

    public void Dispose() => socket.Dispose();

    /// <summary>struct packet_mreq: index, type, length of the address, the address in eight bytes.</summary>
    private void Membership(int option, MacAddress group, string verb)
    {
        var request = stackalloc byte[16];
        new Span<byte>(request, 16).Clear();
        MemoryMarshal.Write(new Span<byte>(request, 4), link);
        MemoryMarshal.Write(new Span<byte>(request + 4, 2), Multicast);
        MemoryMarshal.Write(new Span<byte>(request + 6, 2), (ushort)MacAddress.Length);
        group.Write(new Span<byte>(request + 8, MacAddress.Length));
        LibC.Check(LibC.Setsockopt((int)socket.Handle, SolPacket, option, request, 16), $"{verb} group {group} on link {link}");
    }

    /// <summary>Classic BPF: next header ICMPv6, type 135. Without it every IPv6 packet of the node would come here.</summary>
    private static void Filter(int fd)
    {
        // struct sock_filter: code, jump if true, jump if false, constant.
        ReadOnlySpan<ulong> program =
        [
            Instruction(0x30, 0, 0, 20), Instruction(0x15, 0, 3, 58),
            Instruction(0x30, 0, 0, 54), Instruction(0x15, 0, 1, 135),
            Instruction(0x06, 0, 0, 0x40000), Instruction(0x06, 0, 0, 0),
        ];
        fixed (ulong* instructions = program)
        {
            // struct sock_fprog: count, padding, pointer.
            var filter = stackalloc nint[2];
            filter[0] = program.Length;
            filter[1] = (nint)instructions;
            LibC.Check(LibC.Setsockopt(fd, SolSocket, AttachFilter, filter, 2 * sizeof(nint)), "filter a packet socket");
        }
    }

    private static ulong Instruction(ushort code, byte yes, byte no, uint constant) => code | (ulong)yes << 16 | (ulong)no << 24 | (ulong)constant << 32;
}
