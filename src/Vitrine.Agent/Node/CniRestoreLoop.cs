using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Vitrine.Linux.Nft;

namespace Vitrine.Agent.Node;

/// <summary>
/// The CNI plugin lives for milliseconds and hears nothing; so this loop hears for it. When somebody touches the plugin's
/// nftables tables (host ports, anti-spoofing) it is asked to write anew what its leases say, which it does within its own locks.
/// </summary>
/// <param name="list">the CNI configuration's file; while it is missing there is nothing to restore</param>
/// <param name="pluginFolder">where vitrine-cni is</param>
/// <param name="time">for pauses</param>
/// <param name="log">hears what did not work</param>
public sealed partial class CniRestoreLoop(string list, string pluginFolder, TimeProvider time, ILogger<CniRestoreLoop> log)
{
    private static readonly string[] Tables = ["vitrine-hostports", "vitrine-antispoof"];
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(500);

    /// <summary>Until cancelled; once at the start, for what was flushed while nobody listened.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        NftEvents events;
        try
        {
            events = NftEvents.Open();
        }
        catch (Linux.Interop.LinuxException e)
        {
            // A kernel without nftables: the plugin keeps nothing there either.
            Failed(e.Message);
            return;
        }

        using (events)
        {
            while (true)
            {
                await RestoreAsync(ct).ConfigureAwait(false);
                while (await events.ReadAsync(ct).ConfigureAwait(false) is { } names && !names.Overlaps(Tables))
                {
                    // Somebody else's table.
                }

                // Pods that start are heard too; one look after a burst is enough, and it finds nothing to do.
                await Task.Delay(Settle, time, ct).ConfigureAwait(false);
            }
        }
    }

    private async Task RestoreAsync(CancellationToken ct)
    {
        if (!File.Exists(list) || JsonNode.Parse(await File.ReadAllTextAsync(list, ct).ConfigureAwait(false)) is not JsonObject { } conflist || conflist["plugins"]?[0] is not JsonObject plugin)
        {
            return;
        }

        plugin = (JsonObject)plugin.DeepClone();
        plugin["cniVersion"] = "1.1.0";
        plugin["name"] = (string?)conflist["name"];
        plugin["restoreOnly"] = true;
        var start = new ProcessStartInfo(Path.Combine(pluginFolder, "vitrine-cni")) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["CNI_COMMAND"] = "GC";
        start.Environment["CNI_PATH"] = pluginFolder;
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(plugin.ToJsonString().AsMemory(), ct).ConfigureAwait(false);
        process.StandardInput.Close();
        var said = await process.StandardOutput.ReadToEndAsync(ct).ConfigureAwait(false);
        await process.WaitForExitAsync(ct).ConfigureAwait(false);
        if (process.ExitCode != 0)
        {
            Failed(said.Trim());
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "restoring the CNI plugin's nftables tables: {why}")]
    private partial void Failed(string why);
}
