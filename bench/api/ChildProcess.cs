using System.Diagnostics;
using System.Globalization;

namespace Vitrine.Bench.Api;

/// <summary>A process of the bench; ends with it.</summary>
internal sealed class ChildProcess(Process process) : IDisposable
{
    public static ChildProcess Start(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        Process process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        return new ChildProcess(process);
    }

    public async Task ReadyAsync()
    {
        string? line = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20));
        if (line != "ready")
        {
            throw new InvalidOperationException($"the server did not start: {line}");
        }
    }

    public double CpuSeconds
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime.TotalSeconds;
        }
    }

    public double RssMegabytes => File.ReadLines($"/proc/{process.Id}/status").Where(static line => line.StartsWith("VmRSS", StringComparison.Ordinal))
        .Select(static line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024).First();

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
