using CsCheck;
using Vitrine.Agent.Pods;
using Xunit;

namespace Vitrine.Unit.Agent.Pods;

public sealed class VariableExpansionTests
{
    [Theory]
    [InlineData("$(A)", "1")]
    [InlineData("x$(A)y$(B)", "x1y2")]
    [InlineData("$$(A)", "$(A)")]
    [InlineData("$$$(A)", "$1")]
    [InlineData("$(MISSING)", "$(MISSING)")]
    [InlineData("$(A", "$(A")]
    [InlineData("$", "$")]
    [InlineData("$A", "$A")]
    [InlineData("a$", "a$")]
    [InlineData("", "")]
    public void Expands_as_upstream_documents(string text, string expanded) =>
        Assert.Equal(expanded, VariableExpansion.Expand(text, name => name switch { "A" => "1", "B" => "2", _ => null }));

    [Fact]
    public void Text_without_a_dollar_is_never_changed() =>
        Gen.String.Where(s => !s.Contains('$', StringComparison.Ordinal)).Sample(s => VariableExpansion.Expand(s, _ => "x") == s);

    [Fact]
    public void What_was_put_in_is_not_expanded_again() =>
        Assert.Equal("$(B)", VariableExpansion.Expand("$(A)", name => name == "A" ? "$(B)" : "wrong"));
}
