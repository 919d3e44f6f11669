using System.Globalization;
using Grpc.Core;
using Vitrine.Agent.Cri;
using Vitrine.Agent.Pods;

namespace Vitrine.Agent.Logs;

/// <summary>Keeps a running container's log at 10 MiB and five files, as kubelet: rename, then tell the runtime to open it anew.</summary>
internal sealed class LogRotationLoop(NodeContext node)
{
    private const long MaxBytes = 10 << 20;
    private const int MaxFiles = 5;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(Period, node.Time, ct).ConfigureAwait(false);
            foreach (var file in Grown(node.Paths.LogsRoot))
            {
                await RotateAsync(file, ct).ConfigureAwait(false);
            }
        }
    }

    private static List<FileInfo> Grown(string root) =>
        Directory.Exists(root)
            ? [.. new DirectoryInfo(root).EnumerateFiles("*.log", SearchOption.AllDirectories).Where(f => f.LinkTarget is null && f.Length > MaxBytes)]
            : [];

    private async Task RotateAsync(FileInfo file, CancellationToken ct)
    {
        var filter = new ContainerFilter { State = new ContainerStateValue { State = ContainerState.ContainerRunning } };
        var running = await node.Runtime.Runtime.ListContainersAsync(new ListContainersRequest { Filter = filter }, cancellationToken: ct).ConfigureAwait(false);
        if (running.Containers.FirstOrDefault(c => c.Annotations.GetValueOrDefault(TerminationMessage.LogPathAnnotation) == file.FullName) is not { } container)
        {
            return;
        }

        foreach (var old in Directory.GetFiles(file.DirectoryName!, file.Name + ".*").Order(StringComparer.Ordinal).SkipLast(MaxFiles - 2))
        {
            File.Delete(old);
        }

        var aside = string.Create(CultureInfo.InvariantCulture, $"{file.FullName}.{node.Time.GetUtcNow():yyyyMMdd-HHmmss-fff}");
        File.Move(file.FullName, aside);
        try
        {
            await node.Runtime.Runtime.ReopenContainerLogAsync(new ReopenContainerLogRequest { ContainerId = container.Id }, cancellationToken: ct).ConfigureAwait(false);
        }
        catch (RpcException) when (!ct.IsCancellationRequested)
        {
            // It ended meanwhile: give the log its name back, or nobody would find it.
            File.Move(aside, file.FullName, overwrite: false);
        }
    }
}
