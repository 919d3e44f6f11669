using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;

namespace Vitrine.Bench.Network;

/// <summary>
/// One byte there and one byte back over one TCP connection, again and again. A socket belongs to the namespace it was made in, whichever thread
/// uses it, so both ends are threads of this process and the same code for every contender.
/// </summary>
internal static class PingPong
{
    internal const int Count = 10_000;
    private const int Warm = 1_000, Port = 5300;

    /// <summary>Microseconds of each request.</summary>
    internal static double[] Run(BenchPod server, BenchPod client)
    {
        using var listener = server.Netns.Run(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(server.Address, Port));
            socket.Listen(1);
            return socket;
        });
        var times = new double[Count];
        var answering = OnThread(0, () => Answer(listener, client.Address));
        var asking = OnThread(Cpu.Second, () => Ask(client, new IPEndPoint(server.Address, Port), times));
        // The asker first: it has a timeout, and its end is the answerer's.
        var failure = asking();
        listener.Dispose();
        ExceptionDispatchInfo? other = answering();
        (failure ?? other)?.Throw();
        return times;
    }

    private static void Ask(BenchPod client, IPEndPoint server, double[] times)
    {
        using var socket = client.Netns.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
        socket.Connect(server);
        socket.ReceiveTimeout = 2000;
        Span<byte> octet = [1];
        for (var i = -Warm; i < times.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            socket.Send(octet);
            if (socket.Receive(octet) != 1)
                throw new InvalidOperationException($"{server} closed the connection");
            if (i >= 0)
                times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }
    }

    private static void Answer(Socket listener, IPAddress client)
    {
        using var socket = listener.Accept();
        socket.NoDelay = true;
        // Whoever translates addresses between pods is no contender.
        if (!((IPEndPoint)socket.RemoteEndPoint!).Address.Equals(client))
            throw new InvalidOperationException($"{client} is seen as {socket.RemoteEndPoint}");
        Span<byte> octet = [0];
        while (socket.Receive(octet) == 1)
            socket.Send(octet);
    }

    /// <summary>Returns what waits for the thread and says how it failed.</summary>
    private static Func<ExceptionDispatchInfo?> OnThread(int cpu, Action action)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Cpu.Bind(cpu);
                action();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        }) { IsBackground = true };
        thread.Start();
        return () =>
        {
            thread.Join();
            return failure;
        };
    }
}
