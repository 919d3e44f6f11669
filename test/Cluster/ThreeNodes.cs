using Xunit;

[assembly: AssemblyFixture(typeof(Vitrine.Cluster.ThreeNodes))]

namespace Vitrine.Cluster;

/// <summary>The one cluster of three nodes that tests share which do not disturb each other: node-1 is the control plane, node-2 and node-3 run pods.</summary>
public sealed class ThreeNodes() : TestCluster("three", 5, "--nodes", "3");
