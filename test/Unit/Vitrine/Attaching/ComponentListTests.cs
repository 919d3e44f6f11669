using Vitrine.Attaching;
using Xunit;

namespace Vitrine.Unit.Attaching;

public sealed class ComponentListTests
{
    [Fact]
    public void Names_with_commas_between_are_read_and_written_in_one_order() => Assert.Equal("cni,services,gateway", ComponentList.Write(ComponentList.Parse("gateway, services,cni")));

    [Fact]
    public void All_is_everything() => Assert.Equal(NodeComponents.All, ComponentList.Parse("all"));

    [Theory]
    [InlineData("services,proxy", "--components proxy is no component")]
    [InlineData(" , ", "--components names nothing to run")]
    public void What_is_none_is_named(string text, string message) => Assert.Equal(message, Assert.Throws<CommandFailure>(() => ComponentList.Parse(text)).Message);
}
