using System.Diagnostics;
using Vitrine.Linux.Nft;
using Xunit;

namespace Vitrine.Kernel;

/// <summary>nft(8) as a witness: what we wrote must read as rules to it, and what it changes stands for somebody else's hand.</summary>
internal static class Nft
{
    public static string List(ThrowAwayNetns netns, NftTable table) => Run(netns, $"list table {table}");

    public static string Run(ThrowAwayNetns netns, string command) => Enter(netns, "nft", command);

    /// <summary>A line of shell, in the namespace.</summary>
    public static string Shell(ThrowAwayNetns netns, string line) => Enter(netns, "sh", "-c", line);

    private static string Enter(ThrowAwayNetns netns, params string[] command)
    {
        var start = new ProcessStartInfo("nsenter", [$"--net={netns.Path}", .. command]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', command)}: {errors}");
        return output;
    }
}
