using System.Net;

namespace Vitrine.Joining;

/// <summary>What it takes to make this machine a node of a cluster elsewhere.</summary>
internal sealed record JoinOptions
{
    /// <summary>https://HOST:PORT of the API server.</summary>
    public required Uri Server { get; init; }

    /// <summary>Null once the node has its own certificate.</summary>
    public required BootstrapToken? Token { get; init; }

    /// <summary>sha256:HEX of the cluster's authority, or null to accept any.</summary>
    public required string? AuthorityHash { get; init; }

    /// <summary>PEM file of the authority instead of discovery, or null.</summary>
    public required string? AuthorityFile { get; init; }

    public required string NodeName { get; init; }

    /// <summary>This node's addresses, one per family.</summary>
    public required IReadOnlyList<IPAddress> Addresses { get; init; }

    public required JoinedPaths Paths { get; init; }
}
