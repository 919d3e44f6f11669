using System.Net;
using Vitrine.Clusters;
using Vitrine.Linux.Netns;
using Vitrine.Model.Explain;
using Vitrine.Model.Explain.Services;
using Vitrine.Model.Snapshot;

namespace Vitrine.Explaining;

/// <summary>What a question is answered from: a cluster of this machine, or files alone.</summary>
internal interface IFacts : IDisposable
{
    ClusterSpec Spec { get; }

    ClusterSnapshot Snapshot { get; }

    IReadOnlyList<WorkloadPods> Workloads { get; }

    IReadOnlyList<IPAddress> HostAddresses { get; }

    /// <summary>What the gateway serves. Only requests by HTTP need it.</summary>
    Task<GatewayFacts> GatewayAsync(CancellationToken ct);

    /// <summary>How whoever asks resolves names.</summary>
    ResolverSettings Resolver(Place asker);

    /// <summary>Everything a walk between two places may look at.</summary>
    /// <param name="source">who sends</param>
    /// <param name="destination">to whom</param>
    /// <param name="port">of the destination; a node's may be a Service's</param>
    Scene Read(Place source, Place destination, int port);

    /// <summary>Of a station that <see cref="Read"/> has read; null where nothing can be sent from there.</summary>
    NetnsHandle? Namespace(string station);
}
