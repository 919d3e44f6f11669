using System.Net;
using k8s;
using Vitrine.Clusters;
using Vitrine.Model.Plans.Services;

namespace Vitrine.Attaching;

/// <summary>What it takes to run network components on a node of a cluster that others run.</summary>
internal sealed record AttachedOptions
{
    public required NodeComponents Components { get; init; }

    public required KubernetesClientConfiguration Api { get; init; }

    public required string NodeName { get; init; }

    /// <summary>Where the runtime looks for plugins; on a node's own disk, also when this runs in a pod.</summary>
    public required string CniBinDirectory { get; init; }

    /// <summary>Where it looks for configurations.</summary>
    public required string CniConfDirectory { get; init; }

    /// <summary>Durable: the plugin's leases. Of the same path for the runtime.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Volatile; short, unix socket paths end at 107 bytes.</summary>
    public required string RunDirectory { get; init; }

    /// <summary>Addresses this node answers DNS on.</summary>
    public required IReadOnlyList<IPAddress> ClusterDns { get; init; }

    public required DnsSettings Dns { get; init; }

    public required ServiceRules Services { get; init; }

    /// <summary>Where /healthz, /readyz and /metrics are; null: nowhere.</summary>
    public IPEndPoint? Metrics { get; init; }

    /// <summary>Whether the gateway's proxy is a child of this process; else somebody else runs `vitrine gateway` with the socket of <see cref="RunDirectory"/>.</summary>
    public bool RunsProxy { get; init; } = true;
}
