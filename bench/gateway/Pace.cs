using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Vitrine.Bench.Gateway;

/// <summary>So many requests a second over 64 connections, at times fixed beforehand; an answer's latency counts from the time its request was due.</summary>
internal static class Pace
{
    private const int Connections = 64;

    /// <summary>Median and p99, milliseconds. Run with the backend on its CPU, away from the proxy's.</summary>
    public static (double P50, double P99) Run(int port, double rate, double seconds)
    {
        var request = "GET /cart/42 HTTP/1.1\r\nHost: shop.example\r\n\r\n"u8.ToArray();
        var sockets = new Socket[Connections];
        var due = new long[Connections];
        var waits = new List<double>((int)(rate * seconds) + 1);
        var late = new Queue<long>();
        var idle = new Queue<int>();
        var buffer = new byte[16 << 10];
        using var epoll = new Epoll();
        for (var i = 0; i < Connections; i++)
        {
            sockets[i] = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            sockets[i].Connect(IPAddress.Loopback, port);
            epoll.Watch(sockets[i].Handle, i);
            idle.Enqueue(i);
        }

        var (began, step, sent, all) = (Stopwatch.GetTimestamp(), Stopwatch.Frequency / rate, 0, (long)(rate * seconds));
        while (waits.Count < all)
        {
            var now = Stopwatch.GetTimestamp();
            // All connections busy: what is due waits, and that counts.
            for (; sent < all && began + (long)(sent * step) <= now; sent++)
                late.Enqueue(began + (long)(sent * step));
            while (late.Count > 0 && idle.TryDequeue(out var free))
            {
                due[free] = late.Dequeue();
                sockets[free].Send(request);
            }
            var rest = sent < all && idle.Count > 0 ? (began + (long)(sent * step) - Stopwatch.GetTimestamp()) * 1e9 / Stopwatch.Frequency : 1e7;
            foreach (var i in epoll.Wait((long)rest))
            {
                // Answers are of a few hundred bytes, which come in one piece on loopback.
                if (sockets[i].Receive(buffer) is 0)
                    throw new InvalidOperationException($"port {port} closed a connection");
                waits.Add(Stopwatch.GetElapsedTime(due[i]).TotalMilliseconds);
                idle.Enqueue(i);
            }
        }
        foreach (var socket in sockets)
            socket.Dispose();
        waits.Sort();
        return (waits[waits.Count / 2], waits[waits.Count * 99 / 100]);
    }
}
