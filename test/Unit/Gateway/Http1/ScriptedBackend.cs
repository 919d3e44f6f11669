using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Unit.Gateway.Http1;

/// <summary>A server that says, byte for byte, what a test has it say; each connection is played from the start of its own script.</summary>
internal sealed class ScriptedBackend : IDisposable
{
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Func<Connection, Task> script;
    private int accepted, left;

    /// <param name="script">what is done with a connection; it is closed at the end</param>
    public ScriptedBackend(Func<Connection, Task> script)
    {
        this.script = script;
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _ = AcceptAsync();
    }

    /// <summary>The same bytes for every request.</summary>
    public ScriptedBackend(string answer)
        : this(async c =>
        {
            while (await c.RequestAsync() is not null)
                await c.SayAsync(answer);
        })
    {
    }

    public int Accepted => Volatile.Read(ref accepted);

    /// <summary>Heads of requests, with bodies that a script has read.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Connections whose other end has closed, or broken.</summary>
    public int Left => Volatile.Read(ref left);

    public int Port => ((IPEndPoint)listener.LocalEndPoint!).Port;

    public Upstream Upstream(string key) => new(key, $"default/{key}", 80, UpstreamProtocol.Http)
    {
        Endpoints = [new UpstreamEndpoint("127.0.0.1", Port, null, null)],
    };

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync();
                _ = PlayAsync(new Connection(this, socket, Interlocked.Increment(ref accepted)));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task PlayAsync(Connection connection)
    {
        using (connection.Socket)
        {
            try
            {
                await script(connection);
            }
            catch (SocketException)
            {
                Interlocked.Increment(ref left);
            }
        }
    }

    internal sealed class Connection(ScriptedBackend backend, Socket socket, int number)
    {
        private readonly byte[] buffer = new byte[64 << 10];
        private string got = "";

        public Socket Socket => socket;

        /// <summary>One for the first connection.</summary>
        public int Number => number;

        /// <summary>The next request's head; null where the proxy has closed.</summary>
        public async Task<string?> RequestAsync()
        {
            while (!got.Contains("\r\n\r\n", StringComparison.Ordinal))
                if (!await MoreAsync())
                    return null;
            var end = got.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
            var head = got[..end];
            got = got[end..];
            backend.Requests.Enqueue(head);
            return head;
        }

        /// <summary>What follows the head, up to some text.</summary>
        public async Task<string> BodyAsync(string until)
        {
            while (!got.Contains(until, StringComparison.Ordinal))
                if (!await MoreAsync())
                    return got;
            var end = got.IndexOf(until, StringComparison.Ordinal) + until.Length;
            var body = got[..end];
            got = got[end..];
            return body;
        }

        public async Task SayAsync(string text) => await socket.SendAsync(Encoding.Latin1.GetBytes(text));

        private async Task<bool> MoreAsync()
        {
            var count = await socket.ReceiveAsync(buffer);
            got += Encoding.Latin1.GetString(buffer, 0, count);
            if (count == 0)
                Interlocked.Increment(ref backend.left);
            return count > 0;
        }
    }
}
