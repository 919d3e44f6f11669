using System.Globalization;
using Grpc.Core;
using k8s.Models;
using Vitrine.Agent.Containerd;
using Vitrine.Agent.Cri;
using Vitrine.Agent.Events;
using Vitrine.Linux.Interop;

namespace Vitrine.Agent.Images;

/// <summary>
/// Removes images when the disk is fuller than the high threshold, until it is no fuller than the low one. What a container uses stays, as does the sandboxes' own;
/// the others can be pulled again, from the machine's mirror without a network.
/// </summary>
internal sealed class ImageCollector(NodeAgentOptions options, ContainerRuntime runtime, EventRecorder events, TimeProvider time)
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(5);
    private readonly Dictionary<string, (DateTimeOffset First, DateTimeOffset Last)> seen = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim one = new(1);

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await CollectAsync(ct).ConfigureAwait(false);
            }
            catch (RpcException) when (!ct.IsCancellationRequested)
            {
                // containerd is away; its keeper says so.
            }

            await Task.Delay(options.ImageCollectionPeriod ?? Period, time, ct).ConfigureAwait(false);
        }
    }

    /// <summary>All that nobody uses: the node is short of room.</summary>
    public Task RemoveUnusedAsync(CancellationToken ct) => FreeAsync(long.MaxValue, ct);

    private async Task CollectAsync(CancellationToken ct)
    {
        var disk = FileSystems.Usage(options.DataDirectory);
        var used = disk.TotalBytes - disk.AvailableBytes;
        var wanted = used * 100 >= disk.TotalBytes * options.ImageGcHighPercent ? used - (disk.TotalBytes * options.ImageGcLowPercent / 100) : 0;

        // Also when nothing is wanted: who is used now is not the longest unused later.
        var freed = await FreeAsync(wanted, ct).ConfigureAwait(false);
        if (freed < wanted)
        {
            events.Record(
                new V1ObjectReference { Kind = "Node", Name = options.NodeName, Uid = options.NodeName },
                "Warning",
                "FreeDiskSpaceFailed",
                string.Create(CultureInfo.InvariantCulture, $"Failed to garbage collect required amount of images. Attempted to free {wanted} bytes, but only found {freed} bytes eligible to free."));
        }
    }

    private async Task<long> FreeAsync(long wanted, CancellationToken ct)
    {
        await one.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var freed = 0L;
            foreach (var image in ImageGarbagePlan.Compute(await UsesAsync(ct).ConfigureAwait(false), wanted, time.GetUtcNow() - options.ImageMinimumAge))
            {
                await runtime.Images.RemoveImageAsync(new RemoveImageRequest { Image = new ImageSpec { Image = image.Id } }, cancellationToken: ct).ConfigureAwait(false);
                freed += image.Bytes;
                seen.Remove(image.Id);
            }

            return freed;
        }
        finally
        {
            one.Release();
        }
    }

    private async Task<IReadOnlyList<ImageUse>> UsesAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var images = (await runtime.Images.ListImagesAsync(new ListImagesRequest(), cancellationToken: ct).ConfigureAwait(false)).Images;
        var containers = (await runtime.Runtime.ListContainersAsync(new ListContainersRequest(), cancellationToken: ct).ConfigureAwait(false)).Containers;
        var used = containers.SelectMany(c => new[] { c.ImageRef, c.Image?.Image ?? "" }).ToHashSet(StringComparer.Ordinal);
        var uses = new List<ImageUse>();
        foreach (var image in images)
        {
            var inUse = image.Pinned || image.RepoTags.Contains(ContainerdConfig.SandboxImage) || used.Contains(image.Id) || image.RepoDigests.Concat(image.RepoTags).Any(used.Contains);
            var (first, last) = seen.TryGetValue(image.Id, out var known) ? known : (now, now);
            seen[image.Id] = (first, inUse ? now : last);
            uses.Add(new ImageUse(image.Id, (long)image.Size, inUse, first, inUse ? now : last));
        }

        return uses;
    }
}
