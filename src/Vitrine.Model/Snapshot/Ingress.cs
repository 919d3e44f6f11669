using System.Collections.Immutable;

namespace Vitrine.Model.Snapshot;

/// <summary>A networking.k8s.io/v1 Ingress.</summary>
public sealed record Ingress
{
    public required string Namespace { get; init; }

    public required string Name { get; init; }

    public string Uid { get; init; } = "";

    /// <summary>Of two that want the same, the older one has it.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>spec.ingressClassName, or the older annotation kubernetes.io/ingress.class; empty where there is neither.</summary>
    public string ClassName { get; init; } = "";

    /// <summary>Those below nginx.ingress.kubernetes.io/, without that prefix.</summary>
    public ImmutableSortedDictionary<string, string> Settings { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public IngressBackend? DefaultBackend { get; init; }

    public ImmutableArray<IngressRule> Rules { get; init; } = [];

    public ImmutableArray<IngressTls> Tls { get; init; } = [];

    /// <summary>status.loadBalancer.ingress[].ip.</summary>
    public ImmutableArray<string> Addresses { get; init; } = [];

    public string Key => $"{Namespace}/{Name}";
}
