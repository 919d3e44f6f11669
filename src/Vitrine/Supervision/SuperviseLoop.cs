using Microsoft.Extensions.Logging;

namespace Vitrine.Supervision;

/// <summary>
/// Keeps a cluster's components running: one that ends is started again after a pause that doubles from 0.1 s to 10 s and
/// starts over once the component has run for a minute. Pods are not its children, so they notice nothing.
/// </summary>
internal sealed partial class SuperviseLoop(IReadOnlyList<Component> components, ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    /// <summary>Runs until cancelled, then ends the components, last first.</summary>
    public Task RunAsync(CancellationToken ct) => Task.WhenAll(components.Select(c => KeepAsync(c, ct)));

    private async Task KeepAsync(Component component, CancellationToken ct)
    {
        // A supervisor that was killed leaves its components behind; they are ended, not doubled.
        await EndAsync(ProcessFile.Read(component.PidFile));
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
                await EndAsync(ProcessFile.Read(component.PidFile));
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

    private async Task EndAsync(ProcessFile? process)
    {
        if (process is { IsAlive: true })
        {
            await process.EndAsync(Farewell, time);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{component} started, pid {pid}")]
    private partial void Started(string component, int pid);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{component} ended with {exitCode}; it is started again in {seconds} s")]
    private partial void Ended(string component, int exitCode, double seconds);
}
