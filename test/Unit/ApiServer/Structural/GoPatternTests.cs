using Vitrine.ApiServer.Structural;
using Xunit;

namespace Vitrine.Unit.ApiServer.Structural;

public class GoPatternTests
{
    [Theory]
    [InlineData("^a$", "a\n", false)]
    [InlineData(@"^\d+$", "12", true)]
    [InlineData(@"^\d+$", "١٢", false)]
    [InlineData(@"^[\w-]+$", "a_b-9", true)]
    [InlineData(@"^\w+$", "ä", false)]
    [InlineData("^[[:alpha:]]+$", "ab", true)]
    [InlineData("^[[:alpha:]]+$", "a1", false)]
    [InlineData("^(?P<x>a)b$", "ab", true)]
    [InlineData("^[a-z[]+$", "a[", true)]
    [InlineData(@"^[^\s$]+$", "a b", false)]
    [InlineData("^[]a]+$", "]a", true)]
    [InlineData(@"^\pL+$", "äb", true)]
    [InlineData("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$", "a-b.example.com", true)]
    [InlineData("b", "abc", true)]
    public void Patterns_mean_what_they_mean_in_Go(string pattern, string text, bool matches)
    {
        Assert.True(GoPattern.TryCompile(pattern, out var regex, out _));
        Assert.Equal(matches, regex.IsMatch(text));
    }

    [Theory]
    [InlineData("(")]
    [InlineData("(?=a)")]
    [InlineData(@"(a)\1")]
    [InlineData("[b-a]")]
    public void What_Go_refuses_is_refused(string pattern)
    {
        Assert.False(GoPattern.TryCompile(pattern, out _, out var fault));
        Assert.NotEmpty(fault);
    }
}
