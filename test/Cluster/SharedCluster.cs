using Xunit;

[assembly: AssemblyFixture(typeof(Vitrine.Cluster.SharedCluster))]

namespace Vitrine.Cluster;

/// <summary>The one cluster that tests share which do not disturb each other; each works in a namespace of its own. It has no addresses for LoadBalancer Services.</summary>
public sealed class SharedCluster() : TestCluster("test", 0, "--lb-pool", "none");
