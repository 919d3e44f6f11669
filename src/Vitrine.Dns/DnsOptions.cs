using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Vitrine.Dns;

/// <summary>What a node's DNS needs to start. It runs inside its node's network namespace.</summary>
public sealed record DnsOptions
{
    /// <summary>Of Services and pods, as kubelet's --cluster-domain.</summary>
    public const string DefaultDomain = "cluster.local";

    public const int Port = 53;

    /// <summary>Lower case, without a final dot.</summary>
    public string Domain { get; init; } = DefaultDomain;

    /// <summary>The cluster's DNS addresses, one per family; they become this node's own.</summary>
    public required ImmutableArray<IPAddress> Addresses { get; init; }

    /// <summary>This node's Node object, where the first address of its pod range is free for DNS: other nodes' DNS stands in for this one's, and this one's for theirs. Null: neither.</summary>
    public string? NodeName { get; init; }

    /// <summary>Whom to ask for names of no concern to the cluster, in this order; empty: such questions are refused.</summary>
    public ImmutableArray<IPEndPoint> Upstreams { get; init; } = [];

    /// <summary>Domain → the servers that alone are asked for it.</summary>
    public ImmutableDictionary<string, ImmutableArray<IPEndPoint>> Stubs { get; init; } = ImmutableDictionary<string, ImmutableArray<IPEndPoint>>.Empty;

    /// <summary>Name → addresses, as lines of a hosts file.</summary>
    public ImmutableDictionary<string, ImmutableArray<IPAddress>> Hosts { get; init; } = ImmutableDictionary<string, ImmutableArray<IPAddress>>.Empty;

    /// <summary>A pod's search list is followed for it where the end is known.</summary>
    public bool FollowsSearches { get; init; } = true;

    /// <summary>Pods have search domains of the node's behind the cluster's, so the bare name is not the next they try.</summary>
    public bool NodeHasSearches { get; init; }

    /// <summary>Opens a socket towards an upstream; null for one of the calling process's namespace.</summary>
    internal Func<AddressFamily, SocketType, Socket>? OpenSocket { get; init; }
}
