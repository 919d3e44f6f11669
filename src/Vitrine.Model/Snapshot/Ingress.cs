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

    /// <summary>True where nothing but the status is another.</summary>
    public bool AsksTheSame(Ingress other) => ReferenceEquals(this, other) || (
        Key == other.Key && Uid == other.Uid && Created == other.Created && ClassName == other.ClassName && Settings.SequenceEqual(other.Settings) && DefaultBackend == other.DefaultBackend
        && Rules.Length == other.Rules.Length && Rules.Zip(other.Rules).All(r => r.First.Host == r.Second.Host && r.First.Paths.SequenceEqual(r.Second.Paths))
        && Tls.Length == other.Tls.Length && Tls.Zip(other.Tls).All(t => t.First.Secret == t.Second.Secret && t.First.Hosts.SequenceEqual(t.Second.Hosts)));

    public string Key => $"{Namespace}/{Name}";
}
