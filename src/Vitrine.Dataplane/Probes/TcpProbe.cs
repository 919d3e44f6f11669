using System.Net;
using System.Net.Sockets;
using Vitrine.Linux.Netns;

namespace Vitrine.Dataplane.Probes;

/// <summary>A TCP connection, opened and closed again.</summary>
public static class TcpProbe
{
    public static Task<ProbeOutcome> SendAsync(NetnsHandle from, IPEndPoint to, IPEndPoint? source, TimeSpan patience, TimeProvider time) =>
        ProbeSocket.OutcomeAsync(
            async ct =>
            {
                using var socket = ProbeSocket.Create(from, to.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                if (source is not null)
                    socket.Bind(source);
                await socket.ConnectAsync(to, ct).ConfigureAwait(false);
                return new ProbeOutcome(ProbeAnswer.Answered);
            },
            patience, time);
}
