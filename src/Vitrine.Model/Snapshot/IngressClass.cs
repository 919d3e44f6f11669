namespace Vitrine.Model.Snapshot;

/// <summary>A networking.k8s.io/v1 IngressClass.</summary>
/// <param name="Name">that Ingresses name</param>
/// <param name="Controller">who serves them</param>
/// <param name="IsDefault">annotation ingressclass.kubernetes.io/is-default-class: Ingresses that name none are given it when they are made</param>
public sealed record IngressClass(string Name, string Controller, bool IsDefault = false);
