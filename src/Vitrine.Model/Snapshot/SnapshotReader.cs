using System.Collections.Immutable;
using System.Net;
using k8s.Models;

namespace Vitrine.Model.Snapshot;

/// <summary>The client's typed objects → the records of a snapshot.</summary>
public static class SnapshotReader
{
    /// <summary>On the API's copy of a pod that a node runs by itself: that pod's own uid.</summary>
    private const string MirrorAnnotation = "kubernetes.io/config.mirror";

    public static Namespace Read(V1Namespace ns) => new(ns.Metadata.Name, ns.Metadata.Uid, ns.Metadata.DeletionTimestamp is not null) { Labels = Map(ns.Metadata.Labels) };

    public static Node Read(V1Node node) => new()
    {
        Name = node.Metadata.Name,
        Uid = node.Metadata.Uid,
        Ready = node.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true,
        Unschedulable = node.Spec?.Unschedulable == true,
        Addresses = Addresses((node.Status?.Addresses ?? []).Where(a => a.Type == "InternalIP").Select(a => a.Address)),
        PodCidrs = [.. PodCidrs(node).Select(c => IPNetwork.TryParse(c, out var range) ? range : default).Where(r => r != default)],
        Labels = Map(node.Metadata.Labels),
        Taints = [.. (node.Spec?.Taints ?? []).Select(t => new Taint(t.Key, t.Value ?? "", t.Effect))],
        Allocatable = new Resources(Amount(node.Status?.Allocatable, "cpu"), Amount(node.Status?.Allocatable, "memory")),
        Pods = (int)Amount(node.Status?.Allocatable, "pods").Value,
    };

    public static Pod Read(V1Pod pod) => new()
    {
        Namespace = pod.Metadata.NamespaceProperty,
        Name = pod.Metadata.Name,
        Uid = pod.Metadata.Uid,
        RuntimeUid = pod.Metadata.Annotations?.TryGetValue(MirrorAnnotation, out var mirrored) == true && mirrored is { Length: > 0 } ? mirrored : pod.Metadata.Uid,
        NodeName = string.IsNullOrEmpty(pod.Spec.NodeName) ? null : pod.Spec.NodeName,
        SchedulerName = pod.Spec.SchedulerName ?? "default-scheduler",
        Terminating = pod.Metadata.DeletionTimestamp is not null,
        Finished = pod.Status?.Phase is "Succeeded" or "Failed",
        Requests = RequestsOf(pod.Spec),
        NodeSelector = Map(pod.Spec.NodeSelector),
        Tolerations = [.. (pod.Spec.Tolerations ?? []).Select(t => new Toleration(t.Key ?? "", t.OperatorProperty ?? "Equal", t.Value ?? "", t.Effect ?? ""))],
        Priority = pod.Spec.Priority ?? 0,
        Owner = pod.Metadata.OwnerReferences?.FirstOrDefault(o => o.Controller == true)?.Uid,
        Scheduling = SchedulingReader.Read(pod),
        Created = pod.Metadata.CreationTimestamp is { } created ? new DateTimeOffset(created, TimeSpan.Zero) : default,
        Labels = Map(pod.Metadata.Labels),
        Phase = pod.Status?.Phase ?? "Pending",
        Ready = pod.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true,
        HostNetwork = pod.Spec.HostNetwork == true,
        ClusterDns = pod.Spec.DnsConfig is null && (pod.Spec.DnsPolicy == "ClusterFirstWithHostNet" || pod.Spec.DnsPolicy is null or "ClusterFirst" && pod.Spec.HostNetwork != true),
        Addresses = Addresses((pod.Status?.PodIPs ?? []).Select(p => p.Ip)),
        Ports = [.. LongRunning(pod.Spec).SelectMany(c => (c.Ports ?? []).Select(p => new PodPort(c.Name, p.Name ?? "", p.ContainerPort, p.Protocol ?? "TCP", p.HostPort ?? 0, AddressOf(p.HostIP))))],
        UnschedulableMessage = pod.Status?.Conditions?.FirstOrDefault(c => c is { Type: "PodScheduled", Status: "False" })?.Message,
    };

    /// <summary>Containers that serve somebody while the pod is ready: sidecars (KEP-753) come last.</summary>
    public static IEnumerable<V1Container> LongRunning(V1PodSpec spec) => spec.Containers.Concat((spec.InitContainers ?? []).Where(c => c.RestartPolicy == "Always"));

    /// <summary>
    /// What the pod asks for itself (KEP-2837); else the larger of what runs for good, sidecars included, and what the hungriest init container asks for
    /// beside the sidecars before it. Overhead comes on top.
    /// </summary>
    private static Resources RequestsOf(V1PodSpec spec)
    {
        Resources sidecars = default, most = default;
        foreach (var init in spec.InitContainers ?? [])
        {
            var one = Of(init.Resources?.Requests);
            most = Larger(most, sidecars + one);
            sidecars = init.RestartPolicy == "Always" ? sidecars + one : sidecars;
        }

        var sum = Larger(most, spec.Containers.Select(c => Of(c.Resources?.Requests)).Aggregate(sidecars, (a, b) => a + b));
        var own = spec.Resources?.Requests;
        return new Resources(own?.ContainsKey("cpu") == true ? Amount(own, "cpu") : sum.Cpu, own?.ContainsKey("memory") == true ? Amount(own, "memory") : sum.Memory) + Of(spec.Overhead);
    }

    private static Resources Larger(Resources a, Resources b) => new(a.Cpu > b.Cpu ? a.Cpu : b.Cpu, a.Memory > b.Memory ? a.Memory : b.Memory);

    /// <summary>spec.podCIDRs as written, or the older spec.podCIDR alone; empty before one is assigned.</summary>
    public static IList<string> PodCidrs(V1Node node) =>
        node.Spec?.PodCIDRs is { Count: > 0 } many ? many : node.Spec?.PodCIDR is { Length: > 0 } one ? [one] : [];

    private static ImmutableArray<IPAddress> Addresses(IEnumerable<string> texts) =>
        [.. texts.Select(AddressOf).OfType<IPAddress>()];

    private static IPAddress? AddressOf(string? text) => IPAddress.TryParse(text, out var address) ? address : null;

    private static Resources Of(IDictionary<string, ResourceQuantity>? amounts) => new(Amount(amounts, "cpu"), Amount(amounts, "memory"));

    private static Quantity Amount(IDictionary<string, ResourceQuantity>? amounts, string resource) =>
        amounts is not null && amounts.TryGetValue(resource, out var text) && Quantity.TryParse(text.ToString(), out var quantity) ? quantity : Quantity.Zero;

    private static ImmutableDictionary<string, string> Map(IDictionary<string, string>? labels) =>
        labels is null ? ImmutableDictionary<string, string>.Empty : labels.ToImmutableDictionary();
}
