using System.Collections.Immutable;
using System.Diagnostics;

namespace Vitrine.Bench.Network;

/// <summary>Commands in a network namespace, by nsenter(1).</summary>
internal static class NamespaceCommand
{
    /// <summary>Waits for the end; what it printed, or an exception with it.</summary>
    internal static string Run(string netns, string? input, ImmutableArray<string> command, params (string Name, string Value)[] environment)
    {
        using var process = Start(netns, command, environment);
        if (input is not null)
            process.StandardInput.Write(input);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{string.Join(' ', command)} failed in {netns}: {output} {errors.Result}");
    }

    internal static Process Start(string netns, ImmutableArray<string> command, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("nsenter", [$"--net={netns}", .. command])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
