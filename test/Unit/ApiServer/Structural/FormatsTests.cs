using Vitrine.ApiServer.Structural;
using Xunit;

namespace Vitrine.Unit.ApiServer.Structural;

public class FormatsTests
{
    [Theory]
    [InlineData("bsonobjectid", "507f1f77bcf86cd799439011", "507f")]
    [InlineData("uri", "https://a.example/b?c", "a b")]
    [InlineData("email", "a@example.com", "a")]
    [InlineData("hostname", "a.example.com", "-a")]
    [InlineData("ipv4", "10.0.0.1", "10.0.1")]
    [InlineData("ipv6", "fd00::1", "10.0.0.1")]
    [InlineData("cidr", "10.0.0.0/8", "10.0.0.0/33")]
    [InlineData("mac", "01:23:45:67:89:ab", "01:23")]
    [InlineData("uuid", "a8098c1a-f86e-11da-bd1a-00112444be1e", "a8098c1a")]
    [InlineData("uuid4", "16fd2706-8baf-433b-82eb-8c7fada847da", "a8098c1a-f86e-11da-bd1a-00112444be1e")]
    [InlineData("isbn10", "0-306-40615-2", "0-306-40615-3")]
    [InlineData("isbn13", "978-0-306-40615-7", "978-0-306-40615-8")]
    [InlineData("creditcard", "4111 1111 1111 1111", "4111 1111 1111 1112")]
    [InlineData("ssn", "111-22-3333", "111-22")]
    [InlineData("hexcolor", "#ffAA00", "#ff")]
    [InlineData("rgbcolor", "rgb(1, 2, 255)", "rgb(1, 2, 256)")]
    [InlineData("byte", "aGVsbG8=", "!")]
    [InlineData("date", "2026-02-28", "2026-02-30")]
    [InlineData("duration", "1h2m", "1 hour")]
    [InlineData("date-time", "2026-02-28T01:02:03.5Z", "2026-02-28")]
    [InlineData("k8s-short-name", "a-b", "a.b")]
    [InlineData("k8s-long-name", "a.b", "A")]
    public void A_format_is_told_from_what_is_none(string format, string good, string bad)
    {
        Assert.True(Formats.Accepts(format, good), good);
        Assert.False(Formats.Accepts(format, bad), bad);
    }

    [Fact]
    public void Any_other_format_is_documentation() => Assert.True(Formats.Accepts("int64", "x"));

    [Theory]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("-1.5s", -1500)]
    [InlineData("2ms500us", 2.5)]
    [InlineData("0", 0)]
    public void Durations_are_Gos(string text, double milliseconds)
    {
        Assert.True(GoDurations.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("h")]
    [InlineData("1d")]
    [InlineData("1h 2m")]
    [InlineData("99999999999999999999h")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(GoDurations.TryParse(text, out _));
}
