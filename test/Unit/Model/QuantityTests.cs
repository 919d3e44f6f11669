using CsCheck;
using Vitrine.Model;
using Xunit;

namespace Vitrine.Unit.Model;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("500m", 500)]
    [InlineData("1.5", 1500)]
    [InlineData("+2", 2000)]
    [InlineData("-1", -1000)]
    [InlineData("2k", 2_000_000)]
    [InlineData("1Ki", 1_024_000)]
    [InlineData("1e3", 1_000_000)]
    [InlineData("1E-2", 10)]
    [InlineData("100n", 1)]
    [InlineData("0.0001", 1)]
    [InlineData("128Mi", 134_217_728_000)]
    [InlineData(".5", 500)]
    public void Reads_what_Kubernetes_reads(string text, long milli) => Assert.Equal(milli, Quantity.Parse(text).Milli);

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("1 Gi")]
    [InlineData("1mm")]
    [InlineData("0x10")]
    [InlineData("1e")]
    [InlineData("1.2.3")]
    [InlineData("1KiB")]
    public void Refuses_what_is_no_quantity(string text) => Assert.False(Quantity.TryParse(text, out _));

    [Fact]
    public void Larger_than_a_long_is_capped() => Assert.Equal(long.MaxValue, Quantity.Parse("1000E").Milli);

    [Fact]
    public void Any_text_is_answered_without_an_exception() => Gen.String[Gen.Char["0123456789.+-eEkKmMiGnu x"], 0, 12].Sample(text => Quantity.TryParse(text, out _) || true);

    [Fact]
    public void Whole_numbers_survive() => Gen.Long[0, 1_000_000_000].Sample(n => Quantity.Parse($"{n}").Value == n && Quantity.Parse($"{n}m").Milli == n);
}
