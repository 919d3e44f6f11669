using System.Net.Sockets;
using Xunit;

namespace Vitrine.Cluster.Families;

/// <summary>A cluster without IPv4: of nodes, pods, Services, and what nodes fetch images from.</summary>
public sealed class IPv6Tests(IPv6Tests.OwnCluster cluster) : IClassFixture<IPv6Tests.OwnCluster>
{
    public sealed class OwnCluster() : TestCluster("six", 10, "--nodes", "3", "--ip-family", "ipv6")
    {
        public override string PodCidr => "fd00:210::/56";

        public override string ServiceCidr => "fd00:230::/112";

        public override string NodeCidr => "fd00:29:10::/64";

        public override string NodeAddress => "fd00:29:10::2";
    }

    [Fact]
    public Task All_chapters_work() => Chapters.GoThroughAsync(cluster, AddressFamily.InterNetworkV6);
}
