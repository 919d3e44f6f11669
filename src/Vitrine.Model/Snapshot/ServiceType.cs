namespace Vitrine.Model.Snapshot;

/// <summary>spec.type of a Service.</summary>
public enum ServiceType
{
    ClusterIP,
    NodePort,
    LoadBalancer,
    ExternalName,
}
