using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Vitrine.Dns.Answers;
using Vitrine.Linux.Sockets;

namespace Vitrine.Dns.Server;

/// <summary>
/// DNS over TCP on one address (RFC 7766). A connection may ask many questions without waiting and gets answers as they are ready; one that says nothing, or takes
/// nothing, is closed, and keeps nobody else waiting. When there are too many, the one that has been silent for longest makes room.
/// </summary>
internal sealed class StreamServer : IDisposable
{
    private const int MostConnections = 512, MostOfOneClient = 64, Backlog = 256;

    /// <summary>A question that waits for an upstream holds the room of the longest message, 64 KB.</summary>
    private const int MostWaiting = 256;

    private readonly Socket listener;
    private readonly Func<Socket, StreamConnection> serve;
    private readonly Lock gate = new();
    private readonly LinkedList<(StreamConnection Connection, UInt128 Client)> connections = [];

    private StreamServer(Socket listener, Func<Socket, StreamConnection> serve) => (this.listener, this.serve) = (listener, serve);

    /// <summary>Listens in the namespace of the calling thread.</summary>
    public static StreamServer Listen(IPEndPoint local, Answerer answerer, Forward.Resolver resolver, TimeProvider time)
    {
        const int solIp = 0, freeBind = 15, solIpv6 = 41, freeBind6 = 78, solSocket = 1, reusePort = 15;
        var socket = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            var v6 = local.AddressFamily == AddressFamily.InterNetworkV6;
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.SetRawSocketOption(solSocket, reusePort, BitConverter.GetBytes(1));
            socket.SetRawSocketOption(v6 ? solIpv6 : solIp, v6 ? freeBind6 : freeBind, BitConverter.GetBytes(1));
            if (v6)
                socket.DualMode = false;
            socket.Bind(local);
            socket.Listen(Backlog);
            var waiting = new SemaphoreSlim(MostWaiting);
            return new StreamServer(socket, accepted => new StreamConnection(accepted, answerer, resolver, waiting, time));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            Socket accepted;
            try
            {
                accepted = await listener.AcceptAsync(ct).ConfigureAwait(false);
            }
            catch (SocketException)
            {
                // That client is gone already, or descriptors are short for the moment.
                await Task.Delay(TimeSpan.FromMilliseconds(10), ct).ConfigureAwait(false);
                continue;
            }
            _ = ServeAsync(accepted);
        }
    }

    public void Dispose()
    {
        listener.Dispose();
        lock (gate)
            foreach (var (connection, _) in connections)
                connection.Dispose();
    }

    private async Task ServeAsync(Socket accepted)
    {
        StreamConnection? connection = null;
        LinkedListNode<(StreamConnection Connection, UInt128 Client)>? node = null;
        try
        {
            connection = serve(accepted);
            var client = PeerAddress.BitsOf(((IPEndPoint)accepted.RemoteEndPoint!).Address);
            lock (gate)
            {
                node = connections.AddLast((connection, client));
                if (connections.Count(c => c.Client == client) > MostOfOneClient)
                    EndLongest(c => c.Client == client);
                else if (connections.Count > MostConnections)
                    EndLongest(_ => true);
            }
            await connection.RunAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The client went, was too slow, or made room for another.
        }
        finally
        {
            connection?.Dispose();
            accepted.Dispose();
            lock (gate)
                if (node?.List is not null)
                    connections.Remove(node);
        }
    }

    /// <summary>It is out of the list at once: the next one over the limit ends another.</summary>
    private void EndLongest(Func<(StreamConnection Connection, UInt128 Client), bool> among)
    {
        var longest = connections.Where(among).MinBy(c => c.Connection.LastHeard);
        connections.Remove(longest);
        longest.Connection.Dispose();
    }
}
