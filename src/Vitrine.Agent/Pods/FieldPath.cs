using System.Globalization;
using System.Text;
using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>Downward API fieldRef paths, for environment variables and volumes.</summary>
internal static class FieldPath
{
    /// <exception cref="ConfigException">The path is not one Kubernetes offers.</exception>
    public static string Read(V1Pod pod, string path, IReadOnlyList<string> hostIps, IReadOnlyList<string> podIps)
    {
        if (Subscript(path, "metadata.labels") is { } label)
        {
            return pod.Metadata.Labels?.TryGetValue(label, out var value) == true ? value : "";
        }

        if (Subscript(path, "metadata.annotations") is { } annotation)
        {
            return pod.Metadata.Annotations?.TryGetValue(annotation, out var value) == true ? value : "";
        }

        return path switch
        {
            "metadata.name" => pod.Metadata.Name,
            "metadata.namespace" => pod.Metadata.NamespaceProperty,
            "metadata.uid" => pod.Metadata.Uid,
            "metadata.labels" => Lines(pod.Metadata.Labels),
            "metadata.annotations" => Lines(pod.Metadata.Annotations),
            "spec.nodeName" => pod.Spec.NodeName,
            "spec.serviceAccountName" => pod.Spec.ServiceAccountName ?? "default",
            "status.hostIP" => hostIps[0],
            "status.hostIPs" => string.Join(',', hostIps),
            "status.podIP" => podIps.Count > 0 ? podIps[0] : "",
            "status.podIPs" => string.Join(',', podIps),
            _ => throw new ConfigException($"unsupported fieldPath: {path}"),
        };
    }

    /// <summary>resourceFieldRef: limits fall back to what the node has, as upstream.</summary>
    public static string ReadResource(V1Pod pod, V1Container container, V1ResourceFieldSelector selector, Node.MachineCapacity machine)
    {
        var from = selector.ContainerName is { Length: > 0 } name
            ? PodContainers.Find(pod, name) ?? throw new ConfigException($"container {name} not found")
            : container;
        decimal? value = selector.Resource switch
        {
            "limits.cpu" => QosClass.Quantity(from.Resources?.Limits, "cpu") ?? machine.Cpus,
            "limits.memory" => QosClass.Quantity(from.Resources?.Limits, "memory") ?? machine.MemoryBytes,
            "limits.ephemeral-storage" => QosClass.Quantity(from.Resources?.Limits, "ephemeral-storage") ?? machine.StorageBytes,
            "requests.cpu" => QosClass.Quantity(from.Resources?.Requests, "cpu") ?? 0,
            "requests.memory" => QosClass.Quantity(from.Resources?.Requests, "memory") ?? 0,
            "requests.ephemeral-storage" => QosClass.Quantity(from.Resources?.Requests, "ephemeral-storage") ?? 0,
            _ => throw new ConfigException($"unsupported container resource : {selector.Resource}"),
        };
        var divisor = selector.Divisor?.ToDecimal() is > 0 and { } given ? given : 1;
        return Math.Ceiling(value.Value / divisor).ToString("0", CultureInfo.InvariantCulture);
    }

    private static string? Subscript(string path, string map) =>
        path.StartsWith(map + "['", StringComparison.Ordinal) && path.EndsWith("']", StringComparison.Ordinal) ? path[(map.Length + 2)..^2] : null;

    private static string Lines(IDictionary<string, string>? map)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in (map ?? new Dictionary<string, string>()).OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            if (text.Length > 0)
            {
                text.Append('\n');
            }

            text.Append(key).Append("=\"").Append(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
        }

        return text.ToString();
    }
}
