using k8s.Models;
using Vitrine.Control.Pods;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Control.Services;

/// <summary>Services by which the outside comes in, or did: among ten thousand, those that controllers of addresses look at.</summary>
internal static class Doors
{
    public static bool Has(V1Service service) => service.Spec.Type == "LoadBalancer" || service.Metadata.Finalizers?.Contains(BalancerController.Finalizer) == true
        || service.Status?.LoadBalancer?.Ingress is { Count: > 0 } || PodFacts.Label(service.Metadata, GatewayEntryNames.Label).Length > 0;
}
