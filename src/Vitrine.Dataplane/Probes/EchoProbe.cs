using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netns;
using Vitrine.Linux.Sockets;

namespace Vitrine.Dataplane.Probes;

/// <summary>An ICMP echo (RFC 792, RFC 4443) that must not be fragmented.</summary>
public static class EchoProbe
{
    /// <summary>IP header without options, and the echo's own header.</summary>
    public const int Headers4 = 28, Headers6 = 48;

    private const byte Request4 = 8, Reply4 = 0, Request6 = 128, Reply6 = 129;
    private static int lastId;

    /// <param name="from">namespace it is sent in</param>
    /// <param name="to">whom to ask</param>
    /// <param name="source">our address, null for the kernel's choice</param>
    /// <param name="packet">size of the whole IP packet, at least the headers</param>
    /// <param name="patience">how long to wait</param>
    /// <param name="time">the clock</param>
    /// <param name="id">to know it by; 0: one that this process has not had lately</param>
    public static Task<ProbeOutcome> SendAsync(NetnsHandle from, IPAddress to, IPAddress? source, int packet, TimeSpan patience, TimeProvider time, ushort id = 0)
    {
        var v6 = to.AddressFamily == AddressFamily.InterNetworkV6;
        id = id == 0 ? NextId() : id;
        return ProbeSocket.OutcomeAsync(
            async ct =>
            {
                using var socket = ProbeSocket.Create(from, to.AddressFamily, SocketType.Raw, v6 ? ProtocolType.IcmpV6 : ProtocolType.Icmp);
                if (source is not null)
                    socket.Bind(new IPEndPoint(source, 0));
                await socket.ConnectAsync(new IPEndPoint(to, 0), ct).ConfigureAwait(false);
                // Before it was connected it heard of everybody's errors.
                Forget(socket);
                var request = Request(v6, id, Math.Max(0, packet - (v6 ? Headers6 : Headers4)));
                var received = new byte[64 * 1024];
                var sent = false;
                while (true)
                {
                    try
                    {
                        if (!sent)
                            await socket.SendAsync(request, ct).ConfigureAwait(false);
                        sent = true;
                        var length = await socket.ReceiveAsync(received, ct).ConfigureAwait(false);
                        if (Answer(received.AsSpan(0, length), v6, id) is { } outcome)
                            return outcome;
                    }
                    catch (SocketException)
                    {
                        var errors = SocketErrorQueue.Take(socket);
                        if (Error(errors, v6, id) is { } outcome)
                            return outcome;
                        // An error of the network is always queued; another one is of the sending itself.
                        if (!sent && errors.Count == 0)
                            throw;
                    }
                }
            },
            patience, time);
    }

    /// <summary>An identifier that no other echo of this process has had lately.</summary>
    public static ushort NextId() => (ushort)(Environment.ProcessId * 31 + Interlocked.Increment(ref lastId));

    internal static byte[] Request(bool v6, ushort id, int payload)
    {
        var message = new byte[8 + payload];
        message[0] = v6 ? Request6 : Request4;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), id);
        for (var i = 8; i < message.Length; i++)
            message[i] = (byte)i;
        // ICMPv6 has the addresses in its checksum; the kernel fills it in.
        if (!v6)
            BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), Checksum(message));
        return message;
    }

    /// <summary>A raw IPv4 socket gives the IP header too, an IPv6 one does not.</summary>
    internal static ProbeOutcome? Answer(ReadOnlySpan<byte> message, bool v6, ushort id)
    {
        if (!v6 && message.Length > 0)
            message = message[Math.Min(message.Length, (message[0] & 15) * 4)..];
        if (message.Length < 8)
            return null;
        return message[0] == (v6 ? Reply6 : Reply4) && BinaryPrimitives.ReadUInt16BigEndian(message[4..]) == id ? new ProbeOutcome(ProbeAnswer.Answered) : null;
    }

    /// <summary>A raw socket hears of the errors of every ICMP packet to its peer, also of other echoes and of answers to the peer's own; null where none of them is about this one.</summary>
    internal static ProbeOutcome? Error(IEnumerable<SocketQueuedError> queue, bool v6, ushort id) =>
        queue.FirstOrDefault(e => !e.OfNetwork || Quotes(e.Quoted, v6, id)) is { } ours ? ProbeOutcome.Of(ours.Errno, Errno.Describe(ours.Errno)) : null;

    private static bool Quotes(ReadOnlySpan<byte> quoted, bool v6, ushort id) =>
        quoted.Length >= 6 && quoted[0] == (v6 ? Request6 : Request4) && BinaryPrimitives.ReadUInt16BigEndian(quoted[4..]) == id;

    private static void Forget(Socket socket)
    {
        // Reading the pending one forgets it.
        _ = socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error);
        SocketErrorQueue.Take(socket);
    }

    internal static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (var i = 0; i + 1 < bytes.Length; i += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        if (bytes.Length % 2 == 1)
            sum += (uint)bytes[^1] << 8;
        while (sum >> 16 != 0)
            sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }
}
