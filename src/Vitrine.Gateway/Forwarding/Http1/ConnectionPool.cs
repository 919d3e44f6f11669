using System.Net;
using System.Net.Sockets;

namespace Vitrine.Gateway.Forwarding.Http1;

/// <summary>Connections to one pod that wait for a request; the one used last is used first.</summary>
internal sealed class ConnectionPool(IPEndPoint address)
{
    private readonly Lock gate = new();
    private readonly List<BackendConnection> resting = [];
    private bool used = true, closed;

    /// <summary>Null where none is open.</summary>
    public BackendConnection? Take()
    {
        lock (gate)
        {
            used = true;
            while (resting.Count > 0)
            {
                var last = resting[^1];
                resting.RemoveAt(resting.Count - 1);
                if (last.TryUse())
                    return last;
                last.End();
            }
        }
        return null;
    }

    /// <summary>Throws as <see cref="BackendSocket"/> does.</summary>
    public ValueTask<BackendConnection> ConnectAsync(TimeSpan? limit, CancellationToken ct) =>
        BackendSocket.ConnectAsync(address, limit, static (socket, _) => ValueTask.FromResult(new BackendConnection(socket)), ct);

    /// <summary>For the next request, if it is good for one.</summary>
    public void Keep(BackendConnection connection)
    {
        if (connection.TryRest())
        {
            lock (gate)
            {
                if (!closed)
                {
                    resting.Add(connection);
                    return;
                }
            }
        }
        connection.End();
    }

    /// <summary>Ends those that have rested for two rounds, and forgets those that ended by themselves. False: nothing is left, nobody came for two rounds, and it takes no more.</summary>
    public bool Sweep(bool all)
    {
        lock (gate)
        {
            for (var i = resting.Count - 1; i >= 0; i--)
            {
                if (resting[i].HasEnded || all || ++resting[i].Rested > 2)
                {
                    resting[i].End();
                    resting.RemoveAt(i);
                }
            }
            closed = resting.Count == 0 && (all || !used);
            used = false;
            return !closed;
        }
    }
}
