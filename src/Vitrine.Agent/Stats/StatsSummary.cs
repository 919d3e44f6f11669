using System.Text.Json.Nodes;
using Vitrine.Agent.Cri;
using Vitrine.Agent.Pods;
using Vitrine.Linux.Interop;

namespace Vitrine.Agent.Stats;

/// <summary>/stats/summary, as kubelet answers it (k8s.io/kubelet/pkg/apis/stats/v1alpha1), with one field of ours: windowSeconds, over which usageNanoCores was measured.</summary>
internal sealed class StatsSummary(NodeContext node, UsageLoop usage)
{
    public async Task<JsonObject> ComputeAsync(CancellationToken ct)
    {
        var now = node.Time.GetUtcNow();
        var layers = (await node.Runtime.Runtime.ListContainerStatsAsync(new ListContainerStatsRequest(), cancellationToken: ct).ConfigureAwait(false)).Stats
            .ToDictionary(s => s.Attributes.Id, StringComparer.Ordinal);
        var disk = FileSystem(node.Options.DataDirectory, now);
        var machine = new JsonObject { ["nodeName"] = node.Options.NodeName, ["startTime"] = Text(now - TimeSpan.FromMilliseconds(Environment.TickCount64)) };
        if (usage.Machine is { } sample)
        {
            machine["cpu"] = Cpu(sample);
            machine["memory"] = Memory(sample, node.Machine.MemoryBytes);
        }

        machine["fs"] = disk;
        machine["runtime"] = new JsonObject { ["imageFs"] = disk.DeepClone() };
        return new JsonObject
        {
            ["node"] = machine,
            ["pods"] = new JsonArray([.. usage.Pods.Select(pod => Pod(pod, layers))]),
        };
    }

    private JsonObject Pod(PodSample pod, Dictionary<string, ContainerStats> layers)
    {
        var metadata = pod.Pod.Metadata;
        var summary = new JsonObject
        {
            ["podRef"] = new JsonObject { ["name"] = metadata.Name, ["namespace"] = metadata.NamespaceProperty, ["uid"] = metadata.Uid },
            ["containers"] = new JsonArray([.. pod.Containers.Select(c => Container(c.Container, c.Sample, layers.GetValueOrDefault(c.Container.Id)))]),
        };
        if (pod.Whole is { } whole)
        {
            summary["cpu"] = Cpu(whole);
            summary["memory"] = Memory(whole, null);
        }

        return summary;
    }

    private static JsonObject Container(ContainerStatus container, UsageSample sample, ContainerStats? layer)
    {
        var summary = new JsonObject
        {
            ["name"] = container.Metadata.Name,
            ["startTime"] = Text(UnixNanoseconds.ToTime(container.StartedAt)),
            ["cpu"] = Cpu(sample),
            ["memory"] = Memory(sample, null),
        };
        if (layer?.WritableLayer is { } files)
        {
            summary["rootfs"] = new JsonObject { ["time"] = Text(UnixNanoseconds.ToTime(files.Timestamp)), ["usedBytes"] = files.UsedBytes?.Value ?? 0, ["inodesUsed"] = files.InodesUsed?.Value ?? 0 };
        }

        return summary;
    }

    private static JsonObject Cpu(UsageSample sample)
    {
        var cpu = new JsonObject { ["time"] = Text(sample.At), ["usageCoreNanoSeconds"] = sample.Usage.CpuNanoseconds };
        if (sample.NanoCores is { } rate)
        {
            cpu["usageNanoCores"] = rate;
            cpu["windowSeconds"] = Math.Round(sample.Window.TotalSeconds, 3);
        }

        return cpu;
    }

    private static JsonObject Memory(UsageSample sample, long? capacity)
    {
        var memory = new JsonObject
        {
            ["time"] = Text(sample.At),
            ["usageBytes"] = sample.Usage.MemoryBytes,
            ["workingSetBytes"] = sample.Usage.WorkingSetBytes,
            ["rssBytes"] = sample.Usage.RssBytes,
        };
        if (capacity is { } all)
        {
            memory["availableBytes"] = all - sample.Usage.WorkingSetBytes;
        }

        return memory;
    }

    private static JsonObject FileSystem(string path, DateTimeOffset now)
    {
        var room = FileSystems.Usage(path);
        return new JsonObject
        {
            ["time"] = Text(now),
            ["availableBytes"] = room.AvailableBytes,
            ["capacityBytes"] = room.TotalBytes,
            ["usedBytes"] = room.TotalBytes - room.AvailableBytes,
            ["inodesFree"] = room.FreeInodes,
            ["inodes"] = room.TotalInodes,
            ["inodesUsed"] = room.TotalInodes - room.FreeInodes,
        };
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
}
