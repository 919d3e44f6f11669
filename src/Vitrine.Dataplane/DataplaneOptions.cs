using Vitrine.Model.Plans.Services;

namespace Vitrine.Dataplane;

/// <summary>What a node's data path needs to start. It runs inside its node's network namespace.</summary>
public sealed record DataplaneOptions
{
    /// <summary>Name of the Node object.</summary>
    public required string NodeName { get; init; }

    public DataplaneParts Parts { get; init; } = DataplaneParts.All;

    /// <summary>What the operator decides about Services.</summary>
    public ServiceRules Services { get; init; } = ServiceRules.Default;

    /// <summary>Another CNI plugin wires pods of this node, or some of them.</summary>
    public bool HasForeignPods { get; init; }
}
