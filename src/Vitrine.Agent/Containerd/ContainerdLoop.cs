using Grpc.Core;
using Microsoft.Extensions.Logging;
using Vitrine.Agent.Cri;
using Vitrine.Linux.Interop;

namespace Vitrine.Agent.Containerd;

/// <summary>Keeps one private containerd running: adopts it, starts it, restarts it with back-off. Stopping the loop leaves it running.</summary>
internal sealed partial class ContainerdLoop(NodeAgentOptions options, ContainerdPaths paths, ContainerRuntime runtime, TimeProvider time, ILogger<ContainerdLoop> log)
{
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(30);
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when containerd has answered for the first time.</summary>
    public Task Ready => ready.Task;

    /// <summary>Text of containerd's version ("v1.6.20"), once ready.</summary>
    public string Version { get; private set; } = "";

    public async Task RunAsync(CancellationToken ct)
    {
        WriteConfig();
        var process = new ContainerdProcess(paths, ProxyEnvironment(options));
        var backOff = TimeSpan.FromMilliseconds(100);
        while (true)
        {
            var pid = process.Find() ?? process.Start();
            if (await AnswersAsync(process, pid, ct).ConfigureAwait(false))
            {
                LogRunning(Version, pid);
                ready.TrySetResult();
                var since = time.GetTimestamp();
                while (process.IsOurs(pid))
                {
                    await Task.Delay(TimeSpan.FromSeconds(1), time, ct).ConfigureAwait(false);
                }

                backOff = time.GetElapsedTime(since) > LongestBackOff ? TimeSpan.FromMilliseconds(100) : backOff;
            }

            LogEnded(pid, paths.LogFile, backOff);
            await Task.Delay(backOff, time, ct).ConfigureAwait(false);
            backOff = TimeSpan.FromTicks(Math.Min(backOff.Ticks * 2, LongestBackOff.Ticks));
        }
    }

    private void WriteConfig()
    {
        foreach (var directory in (string[])[paths.Root, paths.State, paths.RuncRoot, paths.CniConfDirectory])
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        AtomicFile.Write(paths.ConfigFile, ContainerdConfig.Compile(paths, options, mayLowerOomScore: Capabilities.Effective().Contains("CAP_SYS_RESOURCE")));
        if (options.ImageMirror is { } mirror && !ContainerdConfig.IsBracketed(mirror))
        {
            AtomicFile.Write(Path.Combine(paths.CertsDirectory, "_default", "hosts.toml"), ContainerdConfig.CompileMirror(mirror));
        }
    }

    private async Task<bool> AnswersAsync(ContainerdProcess process, int pid, CancellationToken ct)
    {
        var told = false;
        while (process.IsOurs(pid))
        {
            try
            {
                var deadline = time.GetUtcNow().UtcDateTime.AddSeconds(5);
                var answer = await runtime.Runtime.VersionAsync(new VersionRequest(), deadline: deadline, cancellationToken: ct).ConfigureAwait(false);
                Version = answer.RuntimeVersion;
                return true;
            }
            catch (RpcException e) when (!ct.IsCancellationRequested)
            {
                if (e.StatusCode == StatusCode.Unimplemented && !told)
                {
                    // The socket answers but the CRI plugin did not load.
                    LogNoCri(pid, paths.LogFile);
                    told = true;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(10), time, ct).ConfigureAwait(false);
            }
        }

        return false;
    }

    /// <summary>containerd is a Go program: it reads HTTPS_PROXY, and must not send the mirror's traffic there.</summary>
    internal static string[] ProxyEnvironment(NodeAgentOptions options)
    {
        if (options.PullProxy is not { } proxy)
        {
            return [];
        }

        var direct = options.ImageMirror is { } mirror ? new Uri(mirror).DnsSafeHost + ",127.0.0.1,localhost" : "127.0.0.1,localhost";
        return [$"HTTPS_PROXY={proxy}", $"HTTP_PROXY={proxy}", $"NO_PROXY={direct}", $"https_proxy={proxy}", $"http_proxy={proxy}", $"no_proxy={direct}"];
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "containerd {Version} answers (pid {Pid})")]
    private partial void LogRunning(string version, int pid);

    [LoggerMessage(Level = LogLevel.Error, Message = "containerd (pid {Pid}) runs without its CRI plugin; see {LogFile}")]
    private partial void LogNoCri(int pid, string logFile);

    [LoggerMessage(Level = LogLevel.Error, Message = "containerd (pid {Pid}) ended; its last words are in {LogFile}; starting it again in {BackOff}")]
    private partial void LogEnded(int pid, string logFile, TimeSpan backOff);
}
