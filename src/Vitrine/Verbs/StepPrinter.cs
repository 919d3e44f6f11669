using System.Diagnostics;
using Spectre.Console;
using Vitrine.Clusters;

namespace Vitrine.Verbs;

/// <summary>How long a step took.</summary>
internal sealed record UpStepTime(string Step, double Seconds);

/// <summary>Runs steps one after another and shows them as they go.</summary>
internal static class StepPrinter
{
    public static async Task<IReadOnlyList<UpStepTime>> RunAsync(IReadOnlyList<UpStep> steps, bool quiet, CancellationToken ct)
    {
        var times = new List<UpStepTime>();
        foreach (var step in steps)
        {
            var one = Stopwatch.StartNew();
            await ShowAsync(step, quiet, ct);
            times.Add(new UpStepTime(step.Title, one.Elapsed.TotalSeconds));
            if (!quiet)
            {
                Console.WriteLine($" ✓ {step.Title,-36} {one.Elapsed.TotalSeconds,6:0.00} s");
            }
        }

        return times;
    }

    private static Task ShowAsync(UpStep step, bool quiet, CancellationToken ct) => quiet || Console.IsOutputRedirected
        ? step.RunAsync(ct)
        : AnsiConsole.Status().StartAsync(step.Title, _ => step.RunAsync(ct));
}
