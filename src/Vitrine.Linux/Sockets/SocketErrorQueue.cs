using System.Net.Sockets;
using System.Runtime.InteropServices;
using Vitrine.Linux.Interop;

namespace Vitrine.Linux.Sockets;

/// <summary>An error of a socket with IP_RECVERR or IPV6_RECVERR.</summary>
/// <param name="Errno">as errno(3)</param>
/// <param name="OfNetwork">an ICMP error told of it; else this machine's own stack did</param>
/// <param name="Quoted">what the error is about, from behind its IP header; as much of it as the teller gave back, empty where none</param>
public sealed record SocketQueuedError(int Errno, bool OfNetwork, byte[] Quoted);

/// <summary>The queue of errors of a socket: recv(2) with MSG_ERRQUEUE, ip(7). Which packet an error is about is known nowhere else.</summary>
public static unsafe class SocketErrorQueue
{
    // linux/socket.h, linux/in.h, linux/in6.h, linux/errqueue.h
    private const int DontWait = 0x40, ErrorQueue = 0x2000, SolIp = 0, IpRecvErr = 11, SolIpv6 = 41, Ipv6RecvErr = 25;
    private const byte OriginIcmp = 2, OriginIcmp6 = 3;
    private const int ControlHeader = 16, ExtendedError = 16;

    /// <summary>Takes what waits in the queue, the oldest first; empty when there is nothing.</summary>
    public static IReadOnlyList<SocketQueuedError> Take(Socket socket)
    {
        var errors = new List<SocketQueuedError>();
        while (Next((int)socket.Handle) is { } error)
            errors.Add(error);
        return errors;
    }

    private static SocketQueuedError? Next(int fd)
    {
        byte* quoted = stackalloc byte[2048], control = stackalloc byte[512];
        var vector = new IoVector { Base = quoted, Length = 2048 };
        var message = new SocketMessage { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = 512 };
        if (LibC.Recvmmsg(fd, &message, 1, ErrorQueue | DontWait, null) != 1)
            return null;
        var (errno, network) = Parse(new ReadOnlySpan<byte>(control, (int)message.ControlLength));
        return new SocketQueuedError(errno, network, new ReadOnlySpan<byte>(quoted, (int)message.Count).ToArray());
    }

    /// <summary>The sock_extended_err among the control messages: ee_errno at 0, ee_origin at 4. (0, false) where there is none.</summary>
    internal static (int Errno, bool OfNetwork) Parse(ReadOnlySpan<byte> control)
    {
        while (control.Length >= ControlHeader)
        {
            var length = MemoryMarshal.Read<ulong>(control);
            var (level, type) = (MemoryMarshal.Read<int>(control[8..]), MemoryMarshal.Read<int>(control[12..]));
            if (length < ControlHeader || length > (ulong)control.Length)
                break;
            if ((level, type) is (SolIp, IpRecvErr) or (SolIpv6, Ipv6RecvErr) && length >= ControlHeader + ExtendedError)
                return (MemoryMarshal.Read<int>(control[ControlHeader..]), control[ControlHeader + 4] is OriginIcmp or OriginIcmp6);
            control = control[Math.Min(control.Length, ((int)length + 7) & ~7)..];
        }
        return default;
    }
}
