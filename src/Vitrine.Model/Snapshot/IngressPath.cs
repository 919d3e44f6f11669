namespace Vitrine.Model.Snapshot;

/// <summary>One path of a rule of an Ingress.</summary>
/// <param name="Path">empty for all</param>
/// <param name="Type">Exact, Prefix or ImplementationSpecific</param>
/// <param name="Backend">where it leads</param>
public sealed record IngressPath(string Path, string Type, IngressBackend Backend);
