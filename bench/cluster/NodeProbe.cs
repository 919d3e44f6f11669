using System.Net;
using System.Net.Sockets;
using System.Text;
using Vitrine.Linux.Netns;

namespace Vitrine.Bench.Cluster;

/// <summary>A client on a node, and two servers there which tell which one they are.</summary>
internal sealed class NodeProbe : IDisposable
{
    private readonly NetnsHandle netns;
    private readonly List<Socket> listeners = [];

    internal NodeProbe(string pin) => netns = NetnsHandle.Open(pin);

    /// <summary>Answers every connection to a port of the node with one byte, the port's last.</summary>
    internal void Serve(int port)
    {
        var listener = netns.Run(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            socket.Listen(1024);
            return socket;
        });
        listeners.Add(listener);
        new Thread(() =>
        {
            try
            {
                while (true)
                {
                    using var client = listener.Accept();
                    client.Send([(byte)port]);
                }
            }
            catch (SocketException)
            {
                // Disposed.
            }
        }) { IsBackground = true }.Start();
    }

    /// <summary>Connects again and again until the server of that port answers.</summary>
    internal void Await(IPAddress address, int port, byte server) => netns.Run(() =>
    {
        var heard = new byte[1];
        for (var deadline = Environment.TickCount64 + 10_000; ;)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0), ReceiveTimeout = 1000 };
            try
            {
                socket.Connect(address, port);
                if (socket.Receive(heard) == 1 && heard[0] == server)
                    return;
            }
            catch (SocketException)
            {
                // Refused: no endpoint yet.
            }
            if (Environment.TickCount64 > deadline)
                throw new TimeoutException($"{address}:{port} does not lead to server {server}");
        }
    });

    /// <summary>Asks a server for an A record again and again until there is one (RFC 1035 4.1).</summary>
    internal void AwaitName(IPAddress server, string name) => netns.Run(() =>
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 1000 };
        socket.Connect(server, 53);
        byte[] question = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. name.Split('.').SelectMany(l => Encoding.ASCII.GetBytes(l).Prepend((byte)l.Length)), 0, 0, 1, 0, 1];
        var answer = new byte[512];
        for (var deadline = Environment.TickCount64 + 10_000; ;)
        {
            socket.Send(question);
            if (socket.Receive(answer) > 12 && (answer[3] & 0xf) == 0 && answer[7] > 0)
                return;
            if (Environment.TickCount64 > deadline)
                throw new TimeoutException($"{name} is not answered");
        }
    });

    public void Dispose()
    {
        foreach (var listener in listeners)
            listener.Dispose();
        netns.Dispose();
    }
}
