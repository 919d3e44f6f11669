using System.Net;
using Vitrine.Model;
using Xunit;

namespace Vitrine.Unit.Model;

public sealed class SubnetsTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.244.0.0/16", true)]
    [InlineData("10.244.0.0/16", "10.0.0.0/8", true)]
    [InlineData("10.244.0.0/16", "10.245.0.0/16", false)]
    [InlineData("10.244.0.0/16", "fd00::/8", false)]
    [InlineData("fd00:10:244::/56", "fd00:10:244:7::/64", true)]
    public void Overlap_is_containment_one_way_or_the_other(string a, string b, bool overlap) =>
        Assert.Equal(overlap, Subnets.Overlap(IPNetwork.Parse(a), IPNetwork.Parse(b)));

    [Theory]
    [InlineData("172.30.0.0/16", 258, "172.30.1.2")]
    [InlineData("fd00:172:30::/64", 2, "fd00:172:30::2")]
    public void Addresses_are_counted_from_the_base(string range, int n, string expected) =>
        Assert.Equal(IPAddress.Parse(expected), Subnets.At(IPNetwork.Parse(range), (UInt128)n));

    [Theory]
    [InlineData("10.244.0.0/16", 24, 3, "10.244.3.0/24")]
    [InlineData("fd00:10:244::/56", 64, 255, "fd00:10:244:ff::/64")]
    public void Shares_follow_one_another(string range, int prefix, int n, string expected) =>
        Assert.Equal(IPNetwork.Parse(expected), Subnets.Share(IPNetwork.Parse(range), prefix, (UInt128)n));

    [Fact]
    public void A_range_has_as_many_shares_as_fit()
    {
        Assert.Equal(256, Subnets.Shares(IPNetwork.Parse("10.244.0.0/16"), 24));
        Assert.Equal(1, Subnets.Shares(IPNetwork.Parse("10.244.0.0/26"), 26));
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.255.255.255")]
    [InlineData("0.0.0.0/0", "255.255.255.255")]
    [InlineData("10.0.0.7/32", "10.0.0.7")]
    [InlineData("fd00::/64", "fd00::ffff:ffff:ffff:ffff")]
    [InlineData("::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("::/1", "7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    public void The_last_address_of_a_range_of_any_length(string range, string last) => Assert.Equal(IPAddress.Parse(last), Subnets.Last(IPNetwork.Parse(range)));
}
