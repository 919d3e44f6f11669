using System.ComponentModel;
using System.Diagnostics;

namespace Vitrine;

/// <summary>How a program ended and what it printed.</summary>
internal sealed record SubprocessResult(int ExitCode, string Output, string Error);

/// <summary>Runs other programs to their end, never through a shell.</summary>
internal static class Subprocess
{
    /// <summary>Runs a program and keeps its text. Throws <see cref="CommandFailure"/> when there is no such program.</summary>
    public static async Task<SubprocessResult> RunAsync(string program, IEnumerable<string> arguments, CancellationToken ct)
    {
        using var process = Start(program, arguments);
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var error = process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return new SubprocessResult(process.ExitCode, await output, await error);
    }

    /// <summary>Runs a program that must succeed; its standard output.</summary>
    public static async Task<string> RequireAsync(string program, IEnumerable<string> arguments, CancellationToken ct)
    {
        var list = arguments.ToArray();
        var result = await RunAsync(program, list, ct);
        return result.ExitCode == 0
            ? result.Output
            : throw new CommandFailure($"{program} {string.Join(' ', list)} failed ({result.ExitCode}): {result.Error.Trim()}");
    }

    /// <summary>Starts a program with its standard output and error as pipes.</summary>
    public static Process Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new CommandFailure($"cannot run {program}: {e.Message}", $"install {program} (vitrine doctor names the Debian package)");
        }
    }

    /// <summary>First match of a program in PATH and the system directories, or null.</summary>
    public static string? Find(string program)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "") + ":/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin";
        return path.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(d => Path.Combine(d, program)).FirstOrDefault(File.Exists);
    }
}
