using Xunit;

[assembly: AssemblyFixture(typeof(Vitrine.Cluster.SharedCluster))]

namespace Vitrine.Cluster;

/// <summary>The one cluster that tests share which do not disturb each other; each works in a namespace of its own.</summary>
public sealed class SharedCluster() : TestCluster("test", 0);
