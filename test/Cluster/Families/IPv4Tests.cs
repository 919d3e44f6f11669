using System.Net.Sockets;
using Xunit;

namespace Vitrine.Cluster.Families;

/// <summary>A cluster that knows nothing of IPv6.</summary>
public sealed class IPv4Tests(IPv4Tests.OwnCluster cluster) : IClassFixture<IPv4Tests.OwnCluster>
{
    public sealed class OwnCluster() : TestCluster("four", 9, "--nodes", "3", "--ip-family", "ipv4");

    [Fact]
    public Task All_chapters_work() => Chapters.GoThroughAsync(cluster, AddressFamily.InterNetwork);
}
