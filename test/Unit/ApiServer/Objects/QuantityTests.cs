using CsCheck;
using Vitrine.ApiServer.Objects;
using Xunit;

namespace Vitrine.Unit.ApiServer.Objects;

public class QuantityTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("0.5", "500m")]
    [InlineData(".5", "500m")]
    [InlineData("1000m", "1")]
    [InlineData("1500m", "1500m")]
    [InlineData("1024Mi", "1Gi")]
    [InlineData("1.5Gi", "1536Mi")]
    [InlineData("1Ki", "1Ki")]
    [InlineData("512", "512")]
    [InlineData("100k", "100k")]
    [InlineData("1000k", "1M")]
    [InlineData("1e3", "1e3")]
    [InlineData("1E3", "1e3")]
    [InlineData("12E", "12E")]
    [InlineData("-5Mi", "-5Mi")]
    [InlineData("0.0000000001", "1n")]
    [InlineData("0.5Ki", "512")]
    [InlineData(".2905Gi", "311922k")]
    public void The_canonical_form_is_upstreams(string text, string canonical)
    {
        Assert.True(Quantity.TryParse(text, out var quantity));
        Assert.Equal(canonical, quantity.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1.2.3")]
    [InlineData("1 Gi")]
    [InlineData("1 ")]
    [InlineData("1gi")]
    [InlineData("1e")]
    [InlineData("1e999999999")]
    [InlineData("0x10")]
    public void Anything_else_is_no_quantity(string text) => Assert.False(Quantity.TryParse(text, out _));

    private static readonly string[] Suffixes = ["", "n", "u", "m", "k", "M", "G", "Ki", "Mi", "Gi", "e2", "E-3"];

    [Fact]
    public void The_canonical_form_means_the_same_and_is_its_own_canonical_form() =>
        Gen.Select(Gen.Int[-100_000, 100_000], Gen.Int[0, 999], Gen.Int[0, Suffixes.Length - 1].Select(i => Suffixes[i])).Sample((whole, part, suffix) =>
        {
            Assert.True(Quantity.TryParse($"{whole}.{part:000}{suffix}", out var quantity));
            Assert.True(Quantity.TryParse(quantity.ToString(), out var again), quantity.ToString());
            Assert.Equal(quantity.ToString(), again.ToString());
            // Binary suffixes round fractions of a byte up.
            Assert.True(suffix.EndsWith('i') ? quantity.Units == again.Units : quantity.CompareTo(again) == 0, quantity.ToString());
        });
}
