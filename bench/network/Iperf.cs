using System.Globalization;
using System.Text.Json;

namespace Vitrine.Bench.Network;

/// <summary>One TCP stream by iperf3, both ends bound to a CPU.</summary>
internal static class Iperf
{
    /// <summary>Bits per second that the server received.</summary>
    internal static double Run(BenchPod server, BenchPod client, int seconds)
    {
        using var listening = NamespaceCommand.Start(server.Path, ["taskset", "-c", "0", "iperf3", "-s", "-1", "--forceflush", "-B", $"{server.Address}"]);
        try
        {
            while (listening.StandardOutput.ReadLine() is { } line)
                if (line.Contains("listening", StringComparison.Ordinal))
                    return Transfer(server, client, seconds);
            throw new InvalidOperationException($"iperf3 does not listen: {listening.StandardError.ReadToEnd()}");
        }
        finally
        {
            // After one client it ends by itself; after none it would wait for ever.
            if (!listening.WaitForExit(2000))
                listening.Kill();
        }
    }

    private static double Transfer(BenchPod server, BenchPod client, int seconds)
    {
        var report = NamespaceCommand.Run(client.Path, null,
            ["taskset", "-c", $"{Cpu.Second}", "iperf3", "-c", $"{server.Address}", "-t", seconds.ToString(CultureInfo.InvariantCulture), "--connect-timeout", "2000", "-J"]);
        using var json = JsonDocument.Parse(report);
        return json.RootElement.GetProperty("end").GetProperty("sum_received").GetProperty("bits_per_second").GetDouble();
    }
}
