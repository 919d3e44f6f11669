using Vitrine.ApiServer.Http;
using Xunit;

namespace Vitrine.Unit.ApiServer.Http;

public sealed class QueryFlagTests
{
    [Theory]
    [InlineData(null, false)]
    [InlineData("false", false)]
    [InlineData("False", false)]
    [InlineData("0", false)]
    [InlineData("", true)]
    [InlineData("true", true)]
    [InlineData("True", true)]
    [InlineData("1", true)]
    [InlineData("yes", true)]
    public void A_switch_is_off_when_it_says_so_and_on_otherwise(string? value, bool on) => Assert.Equal(on, QueryFlag.IsOn(value));
}
