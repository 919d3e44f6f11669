using k8s.Models;
using Vitrine.Manifests;
using Vitrine.Model.Explain.Services;

namespace Vitrine.Linting;

/// <summary>Ports of a pod's containers: probes that ask one which is not there, and two that want the same.</summary>
internal static class PodPortRules
{
    public static IEnumerable<LintFinding> Check(DraftedCluster cluster) => PodTemplate.Of(cluster).SelectMany(t => t.Containers.SelectMany(c => Probes(t, c.Path, c.Container)).Concat(Clashes(t)));

    private static IEnumerable<LintFinding> Probes(PodTemplate template, string path, V1Container container)
    {
        foreach (var (name, probe) in new[] { ("startupProbe", container.StartupProbe), ("readinessProbe", container.ReadinessProbe), ("livenessProbe", container.LivenessProbe) })
        {
            if (Unready.PortOf(probe) is not { } port || int.TryParse(port, out _) || container.Ports?.Any(p => p.Name == port) == true)
                continue;
            string[] names = [.. (container.Ports ?? []).Select(p => p.Name).OfType<string>()];
            var field = $"{path}.{name}.{(probe!.HttpGet is null ? "tcpSocket" : "httpGet")}.port";
            yield return LintFinding.Of(template.Source, LintFinding.Error, "probe-port-unknown", field,
                $"the {name} of container {container.Name} asks port \"{port}\", and the container has {(names.Length == 0 ? "no port with a name" : $"only {string.Join(", ", names)}")}: it fails for ever",
                Nearest.To(port, names) is { } meant ? $"write {meant}" : $"name the container's port {port}, or give a number");
        }
    }

    private static IEnumerable<LintFinding> Clashes(PodTemplate template)
    {
        var ports = template.Containers.Where(c => c.Path.Contains(".containers[", StringComparison.Ordinal) || c.Container.RestartPolicy == "Always")
            .SelectMany(c => (c.Container.Ports ?? []).Select((p, i) => (Field: $"{c.Path}.ports[{i}]", Container: c.Container.Name, Port: p))).ToArray();
        foreach (var (field, container, port) in ports)
        {
            if (ports.TakeWhile(p => p.Field != field).FirstOrDefault(p => p.Port.ContainerPort == port.ContainerPort && p.Port.Protocol == port.Protocol) is { Container: { } first })
                yield return LintFinding.Of(template.Source, LintFinding.Warning, "port-twice", $"{field}.containerPort",
                    first == container ? $"container {container} declares {port.Protocol} port {port.ContainerPort} twice" : $"containers {first} and {container} share the pod's network and both declare {port.Protocol} port {port.ContainerPort}: only one of them can listen on it",
                    first == container ? "leave one of them out" : "let one of them listen on another port");
            if (port.Name is { Length: > 0 } name && ports.TakeWhile(p => p.Field != field).FirstOrDefault(p => p.Port.Name == name && p.Container != container) is { Container: { } other })
                yield return LintFinding.Of(template.Source, LintFinding.Warning, "port-name-twice", $"{field}.name", $"containers {other} and {container} both have a port named {name}: a Service that says {name} gets that of {other}", "give one of them another name");
        }
    }
}
