using CsCheck;
using Vitrine.Model.Plans.Gateway;
using Xunit;

namespace Vitrine.Unit.Gateway;

public sealed class PathTests
{
    [Theory]
    [InlineData("/a/b?x=%2e", "/a/b", "/a/b")]
    [InlineData("/a/../b", "/b", "/b")]
    [InlineData("/a/%2e%2e/b", "/b", "/b")]
    [InlineData("/a/.%2E/b/.", "/b/", "/b/")]
    [InlineData("/../../a", "/a", "/a")]
    [InlineData("//a//b", "//a//b", "//a//b")]
    [InlineData("/a%2fb", "/a%2Fb", "/a%2Fb")]
    [InlineData("/%61dmin", "/admin", "/admin")]
    [InlineData("/%2561dmin", "/%2561dmin", "/%2561dmin")]
    [InlineData("/a;b=c/d", "/a;b=c/d", "/a;b=c/d")]
    [InlineData("/caf%c3%a9", "/caf%C3%A9", "/café")]
    [InlineData("/a%20b%ff", "/a%20b%FF", "/a b%FF")]
    [InlineData("http://host/a?b", "/a", "/a")]
    [InlineData("http://host", "/", "/")]
    [InlineData("/...", "/...", "/...")]
    public void A_path_has_one_normal_form(string target, string encoded, string decoded)
    {
        Assert.True(RequestPath.TryParse(target, out var path, out var why), why);
        Assert.Equal((encoded, decoded), (path.Encoded, path.Decoded));
    }

    [Theory]
    [InlineData("/a/..;/admin")]
    [InlineData("/a/..;x=y/admin")]
    [InlineData("/a/..%2fadmin")]
    [InlineData("/a/%2e%2e%2fadmin")]
    [InlineData("/a/..%5cadmin")]
    [InlineData("/a\\..\\admin")]
    [InlineData("/a/..%3b/admin")]
    [InlineData("/a%00")]
    [InlineData("/a%zz")]
    [InlineData("/a%2")]
    [InlineData("/a#b")]
    [InlineData("/a b")]
    [InlineData("*")]
    [InlineData("host:443")]
    public void What_servers_read_differently_is_refused(string target) => Assert.False(RequestPath.TryParse(target, out _, out _));

    [Fact]
    public void What_is_sent_on_is_read_as_what_was_matched() =>
        Gen.Char["ab./;%25eE0fF\\é"].Array[0, 12].Sample(chars =>
        {
            var target = "/" + new string(chars);
            if (!RequestPath.TryParse(target, out var first, out _))
                return true;
            // Normal forms are fixed points, and hold no step.
            return RequestPath.TryParse(first.Encoded, out var second, out _) && second == first with { Query = "" }
                && first.Encoded.Split('/').All(s => s is not ("." or ".."))
                && RequestPath.TryParse(RequestPath.Encode(first.Decoded), out var third, out _) && third.Decoded == first.Decoded;
        });
}
