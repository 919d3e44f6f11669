using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Vitrine.Unit.Gateway;

/// <summary>A server that understands nothing: it keeps every byte it gets, and answers whenever a blank line ends something.</summary>
internal sealed class RawBackend : IDisposable
{
    private readonly Socket listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentBag<StringBuilder> connections = [];

    public RawBackend()
    {
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndPoint!).Port;

    public IEnumerable<string> Received => connections.Select(c => { lock (c) return c.ToString(); });

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        var text = new StringBuilder();
        connections.Add(text);
        var buffer = new byte[16384];
        try
        {
            while (await socket.ReceiveAsync(buffer) is > 0 and var count)
            {
                bool answers;
                lock (text)
                {
                    text.Append(Encoding.Latin1.GetString(buffer, 0, count));
                    answers = text.ToString().Contains("\r\n\r\n", StringComparison.Ordinal);
                }
                if (answers)
                    await socket.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"u8.ToArray());
            }
        }
        catch (SocketException)
        {
            // The proxy has closed.
        }
    }
}
