using System.Collections.Immutable;

namespace Vitrine.Model.Snapshot;

/// <summary>A rule of a policy, of either kind.</summary>
public sealed record PolicyRule
{
    /// <summary>Of ClusterNetworkPolicies; empty for none.</summary>
    public string Name { get; init; } = "";

    /// <summary>Always Accept in a NetworkPolicy.</summary>
    public PolicyAction Action { get; init; }

    /// <summary>No peer is named: every address.</summary>
    public bool Everybody { get; init; }

    public ImmutableArray<PolicyPeer> Peers { get; init; } = [];

    /// <summary>No port is named: every protocol and port.</summary>
    public bool EveryPort { get; init; }

    public ImmutableArray<PolicyPort> Ports { get; init; } = [];
}
