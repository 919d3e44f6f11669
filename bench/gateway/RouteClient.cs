using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Vitrine.Bench.Gateway;

/// <summary>Asks for a host over one connection until the answer is the wanted one.</summary>
internal sealed class RouteClient : IDisposable
{
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] buffer = new byte[4096];

    public RouteClient(int port) => socket.Connect(IPAddress.Loopback, port);

    public void Await(string host, int number)
    {
        var request = Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
        var wanted = Encoding.ASCII.GetBytes($"/{number}\r\n");
        while (true)
        {
            socket.Send(request);
            var got = 0;
            // Answers are short and have their length before the body, which is 100 bytes or none.
            while (true)
            {
                got += socket.Receive(buffer, got, buffer.Length - got, SocketFlags.None);
                var end = buffer.AsSpan(0, got).IndexOf("\r\n\r\n"u8);
                if (end >= 0 && (buffer.AsSpan(0, got).IndexOf("Content-Length: 0\r\n"u8) >= 0 || got >= end + 104))
                    break;
            }
            if (buffer.AsSpan(0, got).IndexOf(wanted) >= 0)
                return;
        }
    }

    public void Dispose() => socket.Dispose();
}
