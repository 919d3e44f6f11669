using k8s.Models;
using Vitrine.Model;

namespace Vitrine.Control.Endpoints;

/// <summary>A node as far as the choice of endpoints depends on it.</summary>
/// <param name="Zone">Label topology.kubernetes.io/zone, or empty.</param>
/// <param name="Cpu">Allocatable, in thousandths.</param>
/// <param name="Ready">The Ready condition.</param>
/// <param name="ControlPlane">It runs the control plane and does not count as room for clients.</param>
internal sealed record EndpointNode(string Name, string Zone, long Cpu, bool Ready, bool ControlPlane)
{
    public static EndpointNode Read(V1Node node) => new(
        node.Metadata.Name,
        Label(node, "topology.kubernetes.io/zone") ?? "",
        node.Status?.Allocatable?.TryGetValue("cpu", out var cpu) == true && Quantity.TryParse(cpu.ToString(), out var amount) ? (long)(amount.Value * 1000) : 0,
        node.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true,
        Label(node, "node-role.kubernetes.io/control-plane") is not null || Label(node, "node-role.kubernetes.io/master") is not null);

    private static string? Label(V1Node node, string key) => node.Metadata.Labels?.TryGetValue(key, out var value) == true ? value : null;
}
