using Vitrine.ApiServer.Admission;
using Vitrine.ApiServer.Services;
using Xunit;

namespace Vitrine.Unit.ApiServer.Services;

public sealed class BandTests
{
    [Theory]
    [InlineData(14, 0)]
    [InlineData(30, 16)]
    [InlineData(254, 16)]
    [InlineData(4094, 255)]
    [InlineData(65534, 256)]
    public void Of_addresses(long size, long lower) => Assert.Equal(lower, Band.OfAddresses(size).Lower);

    [Theory]
    [InlineData(2768, 86)]
    [InlineData(8000, 128)]
    public void Of_ports(long size, long lower) => Assert.Equal(lower, Band.OfPorts(size).Lower);

    [Fact]
    public void The_lower_band_is_touched_last()
    {
        var (band, taken) = (Band.OfAddresses(30), new HashSet<long>());
        var order = Enumerable.Range(0, 30).Select(_ => band.Pick(Chance.Any, n => taken.Add(n))!.Value).ToArray();
        Assert.All(order[..14], n => Assert.InRange(n, 16, 29));
        Assert.Equal(Enumerable.Range(0, 30).Select(n => (long)n), order.Order());
        Assert.Null(band.Pick(Chance.Any, n => taken.Add(n)));
    }
}
