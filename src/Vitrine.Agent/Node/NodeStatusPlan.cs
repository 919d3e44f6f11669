using System.Globalization;
using System.Runtime.InteropServices;
using k8s.Models;
using Vitrine.Agent.Cri;
using Vitrine.Agent.Eviction;
using Vitrine.Agent.Pods;

namespace Vitrine.Agent.Node;

/// <summary>The Node object's labels and status, as a pure function of what was measured.</summary>
internal static class NodeStatusPlan
{
    private const int MaxPods = 110;

    public static string Architecture => RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64";

    public static V1Node Object(NodeAgentOptions options) => new()
    {
        ApiVersion = "v1",
        Kind = "Node",
        Metadata = new V1ObjectMeta
        {
            Name = options.NodeName,
            Labels = NodeLabels.Of(options.NodeName, options.ControlPlane),
            Annotations = new Dictionary<string, string> { ["node.alpha.kubernetes.io/ttl"] = "0", ["volumes.kubernetes.io/controller-managed-attach-detach"] = "true" },
        },
        Spec = new V1NodeSpec { Taints = options.RegisterWithTaints.Count == 0 ? null : [.. options.RegisterWithTaints.Select(Taint)] },
    };

    /// <summary>KEY=VALUE:EFFECT or KEY:EFFECT, as kubelet's flag has it.</summary>
    private static V1Taint Taint(string text)
    {
        var (key, effect) = text.LastIndexOf(':') is var colon and > 0 ? (text[..colon], text[(colon + 1)..]) : throw new ArgumentException($"the taint \"{text}\" has no effect: write KEY=VALUE:EFFECT");
        return key.Split('=', 2) is [var name, var value] ? new V1Taint { Key = name, Value = value, Effect = effect } : new V1Taint { Key = key, Effect = effect };
    }

    /// <param name="unready">Why the node is not ready, or null when it is.</param>
    /// <param name="pressure">What is short, and what is kept free.</param>
    public static V1NodeStatus Status(NodeAgentOptions options, V1NodeStatus? old, MachineCapacity machine, NodeVersions versions, IEnumerable<Image> images, string? unready, NodePressure pressure, DateTimeOffset now)
    {
        var capacity = new Dictionary<string, ResourceQuantity>(StringComparer.Ordinal)
        {
            ["cpu"] = new(machine.Cpus.ToString(CultureInfo.InvariantCulture)),
            ["memory"] = new((machine.MemoryBytes / 1024).ToString(CultureInfo.InvariantCulture) + "Ki"),
            ["ephemeral-storage"] = new((machine.StorageBytes / 1024).ToString(CultureInfo.InvariantCulture) + "Ki"),
            ["pods"] = new(MaxPods.ToString(CultureInfo.InvariantCulture)),
        };
        return new V1NodeStatus
        {
            Addresses = [.. options.NodeAddresses.Select(a => new V1NodeAddress { Type = "InternalIP", Address = a.ToString() }), new V1NodeAddress { Type = "Hostname", Address = options.NodeName }],
            Capacity = capacity,
            Allocatable = Allocatable(capacity, machine, pressure.Thresholds),
            DaemonEndpoints = new V1NodeDaemonEndpoints { KubeletEndpoint = new V1DaemonEndpoint { Port = options.KubeletPort } },
            NodeInfo = new V1NodeSystemInfo
            {
                Architecture = Architecture,
                OperatingSystem = "linux",
                KernelVersion = versions.Kernel,
                OsImage = versions.OsImage,
                ContainerRuntimeVersion = versions.ContainerRuntime,
                KubeletVersion = versions.Kubelet,
                KubeProxyVersion = "",
                MachineID = versions.MachineId,
                SystemUUID = versions.MachineId,
                BootID = versions.BootId,
            },
            Images = [.. images.OrderByDescending(i => i.Size).Take(50).Select(i => new V1ContainerImage { Names = [.. i.RepoDigests, .. i.RepoTags], SizeBytes = (long)i.Size })],
            Conditions =
            [
                Pressed("MemoryPressure")
                    ? Condition(old, "MemoryPressure", true, "KubeletHasInsufficientMemory", "kubelet has insufficient memory available", now)
                    : Condition(old, "MemoryPressure", false, "KubeletHasSufficientMemory", "kubelet has sufficient memory available", now),
                Pressed("DiskPressure")
                    ? Condition(old, "DiskPressure", true, "KubeletHasDiskPressure", "kubelet has disk pressure", now)
                    : Condition(old, "DiskPressure", false, "KubeletHasNoDiskPressure", "kubelet has no disk pressure", now),
                Pressed("PIDPressure")
                    ? Condition(old, "PIDPressure", true, "KubeletHasInsufficientPID", "kubelet has insufficient PID available", now)
                    : Condition(old, "PIDPressure", false, "KubeletHasSufficientPID", "kubelet has sufficient PID available", now),
                unready is null
                    ? Condition(old, "Ready", true, "KubeletReady", "kubelet is posting ready status", now)
                    : Condition(old, "Ready", false, "KubeletNotReady", unready, now),
            ],
        };

        bool Pressed(string type) => pressure.Current.Contains(type);
    }

    /// <summary>Without what is kept free by eviction: pods that fill the node to the brim would be evicted.</summary>
    private static Dictionary<string, ResourceQuantity> Allocatable(Dictionary<string, ResourceQuantity> capacity, MachineCapacity machine, IReadOnlyList<EvictionThreshold> thresholds)
    {
        var allocatable = new Dictionary<string, ResourceQuantity>(capacity, StringComparer.Ordinal);
        Keep("memory", EvictionThreshold.Memory, machine.MemoryBytes);
        Keep("ephemeral-storage", EvictionThreshold.Nodefs, machine.StorageBytes);
        return allocatable;

        void Keep(string resource, string signal, long all)
        {
            if (thresholds.FirstOrDefault(t => t.Grace is null && t.Signal == signal) is { } threshold)
            {
                allocatable[resource] = new(Math.Max(0, (all - threshold.At(all)) / 1024).ToString(CultureInfo.InvariantCulture) + "Ki");
            }
        }
    }

    private static V1NodeCondition Condition(V1NodeStatus? old, string type, bool status, string reason, string message, DateTimeOffset now)
    {
        var text = status ? "True" : "False";
        var before = old?.Conditions?.FirstOrDefault(c => c.Type == type);
        return new V1NodeCondition
        {
            Type = type,
            Status = text,
            Reason = reason,
            Message = message,
            LastHeartbeatTime = ApiTime.Truncate(now),
            LastTransitionTime = before?.Status == text ? before.LastTransitionTime : ApiTime.Truncate(now),
        };
    }
}
