using System.Net.Sockets;
using Xunit;

namespace Vitrine.Cluster.Families;

/// <summary>A cluster of both families whose primary one is IPv6.</summary>
public sealed class IPv6FirstTests(IPv6FirstTests.OwnCluster cluster) : IClassFixture<IPv6FirstTests.OwnCluster>
{
    public sealed class OwnCluster() : TestCluster("sixfour", 13, "--nodes", "3", "--ip-family", "dual")
    {
        public override string PodCidr => "fd00:213::/56,10.213.0.0/16";

        public override string ServiceCidr => "fd00:233::/112,10.233.0.0/16";

        public override string NodeCidr => "fd00:29:13::/64,172.29.13.0/24";

        public override string NodeAddress => "fd00:29:13::2";
    }

    [Fact]
    public Task All_chapters_work() => Chapters.GoThroughAsync(cluster, AddressFamily.InterNetworkV6, AddressFamily.InterNetwork);
}
