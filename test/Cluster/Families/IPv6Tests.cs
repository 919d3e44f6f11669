using System.Net.Sockets;
using Xunit;

namespace Vitrine.Cluster.Families;

/// <summary>A cluster without IPv4: of nodes, pods, Services, and what nodes fetch images from.</summary>
public sealed class IPv6Tests(IPv6Tests.OwnCluster cluster) : IClassFixture<IPv6Tests.OwnCluster>
{
    public sealed class OwnCluster() : IPv6Cluster("six", 10, alone: true);

    [Fact]
    public Task All_chapters_work() => Chapters.GoThroughAsync(cluster, AddressFamily.InterNetworkV6);
}
