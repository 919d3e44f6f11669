using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Vitrine.Bench.Services;

/// <summary>Connections and transfers from the client pod.</summary>
internal static class Traffic
{
    /// <summary>Listens in the server pod until disposed; connections are closed by the client.</summary>
    internal static Socket Listen(BenchNode node, int port)
    {
        var listener = node.Server.Handle.Run(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            socket.Listen(4096);
            return socket;
        });
        var accepting = new Thread(() =>
        {
            try
            {
                while (true)
                {
                    using var client = listener.Accept();
                    try
                    {
                        client.Receive(new byte[1]);
                    }
                    catch (SocketException)
                    {
                        // The client ends it by a reset, so that no port waits.
                    }
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
            }
        }) { IsBackground = true };
        accepting.Start();
        return listener;
    }

    /// <summary>Microseconds of connect(2), one after another.</summary>
    internal static double[] Connect(BenchNode node, IPEndPoint to, int count)
    {
        var times = new double[count];
        node.Client.Handle.Run(() =>
        {
            for (var i = -count / 10; i < count; i++)
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                var start = Stopwatch.GetTimestamp();
                socket.Connect(to);
                if (i >= 0)
                    times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
                socket.LingerState = new LingerOption(true, 0);
            }
        });
        return times;
    }

    /// <summary>Gbit/s of one TCP stream.</summary>
    internal static double Transfer(BenchNode node, IPEndPoint to, int seconds)
    {
        var report = BenchNode.Run("nsenter", $"--net={node.Client.Path}", "taskset", "-c", "1", "iperf3", "-c", $"{to.Address}", "-p", $"{to.Port}", "-t", seconds.ToString(CultureInfo.InvariantCulture), "--connect-timeout", "2000", "-J");
        using var json = JsonDocument.Parse(report);
        return json.RootElement.GetProperty("end").GetProperty("sum_received").GetProperty("bits_per_second").GetDouble() / 1e9;
    }
}
