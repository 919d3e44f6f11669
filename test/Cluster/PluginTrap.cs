using System.Globalization;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>
/// Stands in front of a node's CNI plugin, in that node's mount namespace alone: where there is a token, the plugin is started and killed some milliseconds later,
/// in the middle of what it does.
/// </summary>
internal sealed class PluginTrap(TestCluster cluster, string node)
{
    private readonly string folder = $"/run/vitrine/{cluster.Name}/trap-{node}";

    public async Task SetAsync()
    {
        Directory.CreateDirectory($"{folder}/real");
        File.Copy(TestCluster.Plugin, $"{folder}/real/vitrine-cni", overwrite: true);
        File.Delete($"{folder}/real/loopback");
        File.CreateSymbolicLink($"{folder}/real/loopback", "vitrine-cni");
        await File.WriteAllTextAsync($"{folder}/trap", $"""
            #!/bin/sh
            real={folder}/real/$(basename "$0")
            mv {folder}/token {folder}/taken 2>/dev/null || exec "$real" "$@"
            read -r delay <{folder}/taken
            "$real" "$@" <&0 &
            sleep "$delay"
            kill -9 $! 2>/dev/null
            wait $!
            code=$?
            [ $code = 137 ] && echo killed >{folder}/outcome || echo missed >{folder}/outcome
            exit $code
            """.ReplaceLineEndings("\n"));
        File.SetUnixFileMode($"{folder}/trap", (UnixFileMode)0b111_101_101);
        var set = await cluster.OnNodeAsync(node, $"mount --bind {folder}/trap {TestCluster.Plugin}");
        Assert.True(set.ExitCode == 0, set.All);
    }

    /// <summary>True when the next call of the plugin was killed; false when it had ended before, or nobody called it.</summary>
    /// <param name="microseconds">How long it runs, beside the millisecond it takes to start a sleep.</param>
    /// <param name="call">Makes the runtime call it.</param>
    public async Task<bool> KillAsync(int microseconds, Func<Task> call)
    {
        File.Delete($"{folder}/outcome");
        await File.WriteAllTextAsync($"{folder}/next", string.Create(CultureInfo.InvariantCulture, $"0.{microseconds:000000}\n"));
        File.Move($"{folder}/next", $"{folder}/token");
        await call();
        for (var deadline = Environment.TickCount64 + 5000; Environment.TickCount64 < deadline; await Task.Delay(5))
        {
            if (File.Exists($"{folder}/outcome") && await File.ReadAllTextAsync($"{folder}/outcome") is { Length: > 0 } outcome)
            {
                return outcome.Trim() == "killed";
            }
        }

        File.Delete($"{folder}/token");
        return false;
    }
}
