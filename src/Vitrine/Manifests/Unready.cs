using k8s.Models;

namespace Vitrine.Manifests;

/// <summary>Pods of which it can be said from their spec alone that they never become ready.</summary>
internal static class Unready
{
    /// <summary>Why; null where nothing is known to hinder it.</summary>
    public static string? Of(V1Pod pod) => pod.Spec.Containers.Select(c => Of(c)).FirstOrDefault(t => t is not null);

    private static string? Of(V1Container container) =>
        new[] { (Name: "startupProbe", Probe: container.StartupProbe), (Name: "readinessProbe", Probe: container.ReadinessProbe) }
            .Where(p => PortOf(p.Probe) is { } port && !int.TryParse(port, out _) && container.Ports?.Any(o => o.Name == port) != true)
            .Select(p => $"{container.Name}: its {p.Name} asks port \"{PortOf(p.Probe)}\", and the container has no port of that name").FirstOrDefault();

    /// <summary>As written: a number or a name.</summary>
    public static string? PortOf(V1Probe? probe) => probe?.HttpGet?.Port?.Value ?? probe?.TcpSocket?.Port?.Value;
}
