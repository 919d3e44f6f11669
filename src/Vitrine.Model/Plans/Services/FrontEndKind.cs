namespace Vitrine.Model.Plans.Services;

/// <summary>What of a Service an address and port is. Where two Services want the same one, the lower kind has it.</summary>
public enum FrontEndKind
{
    ClusterIP,
    NodePort,
    LoadBalancer,
    ExternalIP,
}
