using System.Globalization;
using k8s.Models;

namespace Vitrine.Agent.Probes;

/// <summary>A probe's port: a number, or the name of one of the container's ports.</summary>
internal static class ContainerPort
{
    public static int? Find(IntOrString port, V1Container container)
    {
        var text = port.Value;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number is > 0 and < 65536 ? number : null
            : container.Ports?.FirstOrDefault(p => p.Name == text)?.ContainerPort;
    }
}
