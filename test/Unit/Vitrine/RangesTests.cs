using System.Net;
using CsCheck;
using Vitrine.Clusters;
using Vitrine.Model;
using Xunit;

namespace Vitrine.Unit.Executable;

public sealed class RangesTests
{
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
    [InlineData("fd00::1/64")]
    [InlineData("10.244.0.0/30")]
    [InlineData("10.244.0.0/16,10.245.0.0/16")]
    [InlineData("fd00::/120")]
    public void What_is_no_usable_range_is_refused_by_the_name_of_its_flag(string cidr) =>
        Assert.Contains("--pod-cidr", Assert.Throws<CommandFailure>(() => Pods(cidr, "dual")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(null, "ipv4", "10.244.0.0/16")]
    [InlineData(null, "dual", "10.244.0.0/16 fd00:10:244::/56")]
    [InlineData(null, "ipv6", "fd00:10:244::/56")]
    [InlineData("10.200.5.0/24", "dual", "10.200.5.0/24 fd00:10:200:500::/56")]
    [InlineData("fd12::/56,10.1.0.0/16", "dual", "fd12::/56 10.1.0.0/16")]
    [InlineData("fd12::/56", "ipv6", "fd12::/56")]
    public void A_family_that_is_not_given_is_derived(string? given, string family, string expected) =>
        Assert.Equal(expected, string.Join(' ', Pods(given, family)));

    [Theory]
    [InlineData("10.1.0.0/16", "ipv6")]
    [InlineData("fd12::/56", "ipv4")]
    [InlineData("fd12::/56", "dual")]
    public void A_range_of_the_wrong_family_is_refused(string given, string family) =>
        Assert.Contains($"does not fit --ip-family {family}", Assert.Throws<CommandFailure>(() => Pods(given, family)).Message, StringComparison.Ordinal);

    [Fact]
    public void What_is_suggested_is_free() =>
        Gen.Select(Gen.Int[8, 28], Gen.Int[0, 255]).Array[1, 20].Sample(taken =>
        {
            var routes = taken.Select(t => new IPNetwork(new IPAddress([10, (byte)t.Item2, 0, 0]), Math.Max(16, t.Item1))).ToArray();
            var suggested = Ranges.Suggest(IPNetwork.Parse("10.244.0.0/16"), routes);
            return !routes.Any(r => Subnets.Overlap(r, suggested));
        });

    private static IReadOnlyList<string> Pods(string? given, string family) => Ranges.Require("--pod-cidr", given, "10.244.0.0/16", family, 26, 56);
}
