using System.Collections.Immutable;
using System.Net;

namespace Vitrine.Model.Snapshot;

/// <summary>One of whom a policy's rule speaks: pods by labels, nodes by labels, or addresses.</summary>
public sealed record PolicyPeer
{
    /// <summary>Pods of namespaces with these labels; null for the policy's own namespace.</summary>
    public LabelSelector? Namespaces { get; init; }

    /// <summary>Which of their pods; null where the peer is none of pods.</summary>
    public LabelSelector? Pods { get; init; }

    /// <summary>Addresses of these nodes.</summary>
    public LabelSelector? Nodes { get; init; }

    /// <summary>These addresses …</summary>
    public IPNetwork? Block { get; init; }

    /// <summary>… but for those.</summary>
    public ImmutableArray<IPNetwork> Except { get; init; } = [];
}
