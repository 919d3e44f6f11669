using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Vitrine.Supervision;

/// <summary>
/// Keeps a cluster's components running: one that ends is started again after a pause that doubles from 0.1 s to 10 s and
/// starts over once the component has run for five seconds. Pods are not its children, so they notice nothing.
/// </summary>
/// <param name="wanted">Which components there shall be, by name; asked again at every <see cref="Reload"/>.</param>
internal sealed partial class SuperviseLoop(Func<IReadOnlyList<Component>> wanted, ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(5);

    // One place: a reload that waits covers all that are asked for meanwhile.
    private readonly Channel<bool> reloads = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Asks for another look at what is wanted: what is new is started, what is gone is ended.</summary>
    public void Reload() => reloads.Writer.TryWrite(true);

    /// <summary>Runs until cancelled, then ends the components.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var kept = new Dictionary<string, (CancellationTokenSource Stop, Task Keeping)>(StringComparer.Ordinal);
        try
        {
            do
            {
                var now = wanted();
                foreach (var name in kept.Keys.Except(now.Select(c => c.Name)).ToArray())
                {
                    await EndAsync(kept[name]);
                    kept.Remove(name);
                }

                foreach (var component in now.Where(c => !kept.ContainsKey(c.Name)))
                {
                    var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
                    kept[component.Name] = (stop, KeepAsync(component, stop.Token));
                }
            }
            while (await reloads.Reader.ReadAsync(ct));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Asked to stop: so are the components, below.
        }
        finally
        {
            await Task.WhenAll(kept.Values.Select(EndAsync));
        }
    }

    private static async Task EndAsync((CancellationTokenSource Stop, Task Keeping) kept)
    {
        using (kept.Stop)
        {
            await kept.Stop.CancelAsync();
            await kept.Keeping;
        }
    }

    private async Task KeepAsync(Component component, CancellationToken ct)
    {
        // A supervisor that was killed leaves its components behind; they are ended, not doubled.
        await EndAsync(component);
        var pause = FirstPause;
        while (!ct.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            using var process = component.Start();
            Started(component.Name, process.Id);
            try
            {
                await process.WaitForExitAsync(ct);
            }
            catch (OperationCanceledException)
            {
                await EndAsync(component);
                File.Delete(component.PidFile);
                return;
            }

            pause = time.GetElapsedTime(began) > Settled ? FirstPause : pause;
            Ended(component.Name, process.ExitCode, pause.TotalSeconds);
            try
            {
                await Task.Delay(pause, time, ct);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task EndAsync(Component component)
    {
        if (ProcessFile.Read(component.PidFile) is { IsAlive: true } process)
        {
            await process.EndAsync(component.Farewell, time);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{component} started, pid {pid}")]
    private partial void Started(string component, int pid);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{component} ended with {exitCode}; it is started again in {seconds} s")]
    private partial void Ended(string component, int exitCode, double seconds);
}
