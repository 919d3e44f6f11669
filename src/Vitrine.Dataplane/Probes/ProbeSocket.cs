using System.Net;
using System.Net.Sockets;
using Vitrine.Linux.Netns;

namespace Vitrine.Dataplane.Probes;

/// <summary>Sockets that never fragment and hear every ICMP error, of a namespace other than our own.</summary>
internal static class ProbeSocket
{
    // linux/in.h and linux/in6.h
    private const int SolIp = 0, IpMtuDiscover = 10, IpRecvErr = 11, SolIpv6 = 41, Ipv6MtuDiscover = 23, Ipv6RecvErr = 25, PmtuDiscDo = 2;

    public static Socket Create(NetnsHandle netns, AddressFamily family, SocketType type, ProtocolType protocol) => netns.Run(() =>
    {
        var socket = new Socket(family, type, protocol);
        var v6 = family == AddressFamily.InterNetworkV6;
        socket.SetRawSocketOption(v6 ? SolIpv6 : SolIp, v6 ? Ipv6RecvErr : IpRecvErr, BitConverter.GetBytes(1));
        socket.SetRawSocketOption(v6 ? SolIpv6 : SolIp, v6 ? Ipv6MtuDiscover : IpMtuDiscover, BitConverter.GetBytes(PmtuDiscDo));
        return socket;
    });

    /// <summary>One that the kernel gives out and takes back: most unlikely to be given to somebody else the moment after. 0: none is to be had, and sending will say why.</summary>
    public static ushort FreePort(NetnsHandle netns, AddressFamily family, SocketType type, ProtocolType protocol)
    {
        try
        {
            using var socket = Create(netns, family, type, protocol);
            socket.Bind(Any(family));
            return (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    /// <summary>Waits for an answer at most so long; errors of the network become outcomes.</summary>
    public static async Task<ProbeOutcome> OutcomeAsync(Func<CancellationToken, Task<ProbeOutcome>> attempt, TimeSpan patience, TimeProvider time)
    {
        using var late = new CancellationTokenSource(patience, time);
        try
        {
            return await attempt(late.Token).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            return ProbeOutcome.Of(e);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            return new ProbeOutcome(ProbeAnswer.Silent, $"no answer within {patience.TotalSeconds:0.#} s");
        }
    }

    public static IPEndPoint Any(AddressFamily family) => new(family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
}
