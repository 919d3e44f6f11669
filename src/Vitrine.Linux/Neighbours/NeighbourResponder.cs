using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;

namespace Vitrine.Linux.Neighbours;

/// <summary>
/// Answers on one link for addresses no link of this machine has: "it is at my MAC", by ARP and neighbour discovery, and tells all when it begins. Packets for
/// them then come here, and what becomes of them is for others to say. When this object or its process ends nobody answers any more.
/// </summary>
public sealed class NeighbourResponder : IDisposable
{
    // An announcement may be lost, and a switch may be slow to learn.
    private static readonly TimeSpan[] Again = [TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3)];
    private readonly MacAddress mac;
    private readonly PacketSocket arp;
    private readonly PacketSocket? solicitations;
    private readonly CancellationTokenSource stop = new();
    private readonly TimeProvider time;
    private volatile ImmutableHashSet<IPAddress> addresses = [];

    /// <param name="netns">the link's namespace</param>
    /// <param name="link">the link</param>
    /// <param name="time">for the announcements that are said again</param>
    public NeighbourResponder(NetnsHandle netns, Link link, TimeProvider time)
    {
        mac = link.Mac ?? throw new ArgumentException($"link {link.Name} has no Ethernet address", nameof(link));
        this.time = time;
        (arp, solicitations) = netns.Run(() => (new PacketSocket(link.Index, PacketSocket.Arp), NetSysctl.Read("ipv6/conf/all/disable_ipv6") is null ? null : new PacketSocket(link.Index, PacketSocket.IPv6)));
        _ = AnswerAsync(arp, frame => ArpPacket.ReadRequest(frame), ArpPacket.Answer);
        if (solicitations is not null)
            _ = AnswerAsync(solicitations, frame => NeighbourPacket.ReadSolicitation(frame), NeighbourPacket.Answer);
    }

    /// <summary>For which it answers from now on; new ones are announced.</summary>
    public void Set(ImmutableHashSet<IPAddress> wanted)
    {
        var before = addresses;
        addresses = wanted;
        foreach (var gone in before.Except(wanted).Where(IsV6))
            solicitations?.Leave(NeighbourPacket.SolicitedNode(gone));
        var added = wanted.Except(before);
        foreach (var address in added.Where(IsV6))
            solicitations?.Join(NeighbourPacket.SolicitedNode(address));
        if (added.Count == 0)
            return;
        Announce(added);
        _ = AnnounceAgainAsync(added);
    }

    public void Dispose()
    {
        stop.Cancel();
        arp.Dispose();
        solicitations?.Dispose();
        stop.Dispose();
    }

    private void Announce(IEnumerable<IPAddress> which)
    {
        foreach (var address in which)
            if (IsV6(address))
                solicitations?.TrySend(NeighbourPacket.Announcement(address, mac));
            else
                foreach (var frame in ArpPacket.Announcements(address, mac))
                    arp.TrySend(frame);
    }

    private async Task AnnounceAgainAsync(ImmutableHashSet<IPAddress> added)
    {
        try
        {
            foreach (var pause in Again)
            {
                await Task.Delay(pause, time, stop.Token).ConfigureAwait(false);
                Announce(added.Intersect(addresses));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // Somebody else answers now.
        }
    }

    private async Task AnswerAsync(PacketSocket socket, Reader read, Func<IPAddress, MacAddress, IPAddress, MacAddress, byte[]> answer)
    {
        const int room = 2048;
        var frame = new byte[room];
        while (true)
            try
            {
                var length = await socket.ReceiveAsync(frame, stop.Token).ConfigureAwait(false);
                // One who says that the address is its own is no asker.
                if (read(frame.AsSpan(0, length)) is { } asked && addresses.Contains(asked.Target) && !asked.Sender.Equals(asked.Target))
                    socket.TrySend(answer(asked.Target, mac, asked.Sender, asked.SenderMac));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.NetworkDown or SocketError.NoBufferSpaceAvailable)
            {
                // The link is down; the next frame comes when it is up.
            }
            catch (SocketException)
            {
                return;
            }
    }

    private static bool IsV6(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6;

    private delegate (IPAddress Target, IPAddress Sender, MacAddress SenderMac)? Reader(ReadOnlySpan<byte> frame);
}
