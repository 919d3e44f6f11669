using Xunit;

namespace Vitrine.Cluster;

/// <summary>Tests of what comes in by the proxies, one after another: some end the proxies, others count requests that fail.</summary>
[CollectionDefinition(nameof(IngressTraffic))]
public sealed class IngressTraffic;
