using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Vitrine.Bench.Gateway;

/// <summary>Load by wrk(1): 64 connections, each with one request under way.</summary>
internal static partial class Wrk
{
    /// <returns>requests, requests per second, p99 in milliseconds</returns>
    public static (double Requests, double Rate, double P99) Run(int port, double seconds)
    {
        var text = Text(port, seconds);
        if (text.Contains("Non-2xx", StringComparison.Ordinal) || text.Contains("Socket errors", StringComparison.Ordinal))
            throw new InvalidOperationException(text);
        var tail = Tail().Match(text);
        var scale = tail.Groups[2].Value switch { "us" => 0.001, "ms" => 1, _ => 1000 };
        return (Number(Total().Match(text).Groups[1]), Number(Rate().Match(text).Groups[1]), Number(tail.Groups[1]) * scale);
    }

    /// <summary>Requests answered, and those that got no answer or an error.</summary>
    public static (double Requests, double Failed) Count(int port, double seconds)
    {
        var text = Text(port, seconds);
        return (Number(Total().Match(text).Groups[1]), Failures().Matches(text).Sum(m => m.Groups.Values.Skip(1).Where(g => g.Success).Sum(Number)));
    }

    private static string Text(int port, double seconds)
    {
        using var wrk = Process.Start(new ProcessStartInfo("taskset", ["-c", $"{Math.Min(1, Environment.ProcessorCount - 1)}", "wrk", "-t1", "-c64", $"-d{seconds:0}s", "--latency", "-H", "Host: shop.example", $"http://127.0.0.1:{port}/cart/42"])
        {
            RedirectStandardOutput = true,
        })!;
        var text = wrk.StandardOutput.ReadToEnd();
        wrk.WaitForExit();
        return text;
    }

    private static double Number(Group text) => double.Parse(text.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)|Non-2xx or 3xx responses: (\d+)")]
    private static partial Regex Failures();

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex Total();

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex Rate();

    [GeneratedRegex(@"99%\s+([\d.]+)(us|ms|s)")]
    private static partial Regex Tail();
}
