namespace Vitrine.Model.Snapshot;

/// <summary>Where an Ingress sends requests.</summary>
/// <param name="Service">name, in the Ingress' namespace; empty for a resource</param>
/// <param name="PortName">empty for a number</param>
/// <param name="PortNumber">0 for a name</param>
/// <param name="Resource">kind.group/name of another kind of backend, or empty</param>
public sealed record IngressBackend(string Service, string PortName, int PortNumber, string Resource = "")
{
    /// <summary>As kubectl shows it.</summary>
    public override string ToString() => Resource.Length > 0 ? Resource : $"{Service}:{(PortName.Length > 0 ? PortName : $"{PortNumber}")}";
}
