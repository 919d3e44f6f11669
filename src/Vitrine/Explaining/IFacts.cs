using System.Net;
using Vitrine.Linux.Netns;
using Vitrine.Model.Explain;
using Vitrine.Model.Explain.Services;
using Vitrine.Model.Snapshot;

namespace Vitrine.Explaining;

/// <summary>What a question is answered from: a cluster of this machine, a node of a cluster that others run, or files alone.</summary>
internal interface IFacts : IDisposable
{
    /// <summary>Of Services and pods.</summary>
    string Domain { get; }

    /// <summary>Of the cluster's DNS.</summary>
    IReadOnlyList<IPAddress> DnsAddresses { get; }

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

    /// <summary>The report with what only these facts know of, e.g. who does a part of the work instead of Vitrine.</summary>
    ExplainReport Complete(ExplainReport report) => report;

    /// <summary>Of a station that <see cref="Read"/> has read; null where nothing can be sent from there.</summary>
    NetnsHandle? Namespace(string station);
}
