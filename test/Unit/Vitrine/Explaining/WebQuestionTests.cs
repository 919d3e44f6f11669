using Vitrine.Explaining;
using Xunit;

namespace Vitrine.Unit.Explaining;

public sealed class WebQuestionTests
{
    [Theory]
    [InlineData("http://Shop.test:8080/", null, "shop.test", 8080)]
    [InlineData("http://192.0.2.1/", null, "192.0.2.1", 80)]
    [InlineData("https://[2001:db8::1]/", null, "[2001:db8::1]", 443)]
    [InlineData("http://[2001:db8::1]:8000/", null, "[2001:db8::1]", 8000)]
    [InlineData("http://192.0.2.1/", "Host: shop.test", "shop.test", 80)]
    [InlineData("http://192.0.2.1/", "Host: shop.test:8080", "shop.test", 80)]
    [InlineData("http://192.0.2.1/", "Host: [2001:db8::1]", "[2001:db8::1]", 80)]
    [InlineData("http://192.0.2.1/", "Host: [2001:db8::1]:8080", "[2001:db8::1]", 80)]
    public void The_host_is_what_a_Host_header_says_without_its_port(string url, string? header, string host, int port)
    {
        var asked = new WebQuestion("GET", header is null ? [] : [header]).Of(new Uri(url));
        Assert.Equal((host, port), (asked!.Host, asked.Port));
    }
}
