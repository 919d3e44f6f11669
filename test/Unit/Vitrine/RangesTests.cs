using System.Net;
using CsCheck;
using Vitrine.Clusters;
using Xunit;

namespace Vitrine.Unit.Executable;

public sealed class RangesTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.244.0.0/16", true)]
    [InlineData("10.244.0.0/16", "10.0.0.0/8", true)]
    [InlineData("10.244.0.0/16", "10.245.0.0/16", false)]
    [InlineData("10.244.0.0/16", "fd00::/8", false)]
    public void Overlap_is_containment_one_way_or_the_other(string a, string b, bool overlap) =>
        Assert.Equal(overlap, Ranges.Overlap(IPNetwork.Parse(a), IPNetwork.Parse(b)));

    [Fact]
    public void A_clash_with_a_route_names_the_route_its_owner_and_a_free_range()
    {
        var failure = Assert.Throws<CommandFailure>(() => Ranges.RequireFree([("--pod-cidr", IPNetwork.Parse("10.244.0.0/16"))], [(IPNetwork.Parse("10.0.0.0/8"), "dev tun0")]));
        Assert.Equal("--pod-cidr 10.244.0.0/16 overlaps 10.0.0.0/8, which this host already routes (dev tun0)", failure.Message);
        Assert.Equal("choose another range, e.g. --pod-cidr 172.16.0.0/16", failure.Remedy);
    }

    [Fact]
    public void Ranges_of_one_cluster_may_not_overlap_each_other() =>
        Assert.Contains("overlaps --pod-cidr", Assert.Throws<CommandFailure>(() =>
            Ranges.RequireFree([("--pod-cidr", IPNetwork.Parse("10.0.0.0/8")), ("--service-cidr", IPNetwork.Parse("10.96.0.0/16"))], [])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("10.244.0.1/16")]
    [InlineData("ten")]
    [InlineData("fd00::/64")]
    [InlineData("10.244.0.0/30")]
    public void What_is_no_usable_range_is_refused_by_the_name_of_its_flag(string cidr) =>
        Assert.Contains("--pod-cidr", Assert.Throws<CommandFailure>(() => Ranges.Require("--pod-cidr", cidr, 26)).Message, StringComparison.Ordinal);

    [Fact]
    public void What_is_suggested_is_free() =>
        Gen.Select(Gen.Int[8, 28], Gen.Int[0, 255]).Array[1, 20].Sample(taken =>
        {
            var routes = taken.Select(t => new IPNetwork(new IPAddress([10, (byte)t.Item2, 0, 0]), Math.Max(16, t.Item1))).ToArray();
            var suggested = Ranges.Suggest(IPNetwork.Parse("10.244.0.0/16"), routes);
            return !routes.Any(r => Ranges.Overlap(r, suggested));
        });

    [Fact]
    public void Addresses_are_counted_from_the_base() => Assert.Equal(IPAddress.Parse("172.30.1.2"), Ranges.AddressAt(IPNetwork.Parse("172.30.0.0/16"), 258));
}
