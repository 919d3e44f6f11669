using System.Net.Sockets;
using Xunit;

namespace Vitrine.Cluster.Families;

/// <summary>A cluster of both families whose primary one is IPv6.</summary>
public sealed class IPv6FirstTests(IPv6FirstTests.OwnCluster cluster) : IClassFixture<IPv6FirstTests.OwnCluster>
{
    public sealed class OwnCluster() : IPv6Cluster("sixfour", 13, alone: false);

    [Fact]
    public Task All_chapters_work() => Chapters.GoThroughAsync(cluster, AddressFamily.InterNetworkV6, AddressFamily.InterNetwork);
}
