using Grpc.Core;
using Vitrine.Agent.Cri;
using Vitrine.Agent.Pods;

namespace Vitrine.Agent.Logs;

/// <summary>
/// Keeps a running container's log at 10 MiB and five files, as kubelet: rename, then tell the runtime to open it anew. It looks often while a log grows fast: in the
/// ten seconds of kubelet's period a container can write many times the limit.
/// </summary>
internal sealed class LogRotationLoop(NodeContext node)
{
    private const long MaxBytes = 10 << 20;
    private const long Fast = MaxBytes / 10;
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Busy = TimeSpan.FromMilliseconds(250);
    private Dictionary<string, long> sizes = new(StringComparer.Ordinal);

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            var busy = false;
            try
            {
                busy = await LookAsync(ct).ConfigureAwait(false);
            }
            catch (Exception e) when (!ct.IsCancellationRequested && e is RpcException or IOException or UnauthorizedAccessException)
            {
                // containerd is away, or a pod went with its logs while we looked: the next look finds what is there.
            }

            await Task.Delay(busy ? Busy : Calm, node.Time, ct).ConfigureAwait(false);
        }
    }

    /// <returns>Whether some log grows fast.</returns>
    private async Task<bool> LookAsync(CancellationToken ct)
    {
        var now = new Dictionary<string, long>(StringComparer.Ordinal);
        var busy = false;
        foreach (var file in Files(node.Paths.LogsRoot))
        {
            var size = now[file.FullName] = file.Length;
            busy |= size - sizes.GetValueOrDefault(file.FullName) > Fast;
            if (size > MaxBytes)
            {
                await RotateAsync(file, ct).ConfigureAwait(false);
                now[file.FullName] = 0;
            }
        }

        sizes = now;
        return busy;
    }

    private static List<FileInfo> Files(string root) =>
        Directory.Exists(root) ? [.. new DirectoryInfo(root).EnumerateFiles("*.log", SearchOption.AllDirectories).Where(f => f.LinkTarget is null)] : [];

    private async Task RotateAsync(FileInfo file, CancellationToken ct)
    {
        var filter = new ContainerFilter { State = new ContainerStateValue { State = ContainerState.ContainerRunning } };
        var running = await node.Runtime.Runtime.ListContainersAsync(new ListContainersRequest { Filter = filter }, cancellationToken: ct).ConfigureAwait(false);
        if (running.Containers.FirstOrDefault(c => c.Annotations.GetValueOrDefault(TerminationMessage.LogPathAnnotation) == file.FullName) is not { } container)
        {
            return;
        }

        foreach (var old in LogFiles.Rotated(file.FullName).SkipLast(LogFiles.Most - 2))
        {
            File.Delete(old);
        }

        var aside = LogFiles.Aside(file.FullName, node.Time.GetUtcNow());
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
