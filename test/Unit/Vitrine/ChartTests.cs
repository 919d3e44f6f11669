using Vitrine.Attaching;
using Vitrine.Dataplane;
using Vitrine.Installing;
using Xunit;

namespace Vitrine.Unit.Executable;

/// <summary>The chart, rendered as `vitrine install` does.</summary>
public sealed class ChartTests
{
    [Fact]
    public void Every_setting_is_used_and_everything_used_is_a_setting()
    {
        var values = Chart.Values();
        Assert.DoesNotContain("{{", Chart.Render(Chart.Template(), values), StringComparison.Ordinal);
        Assert.All(values.Names, n => Assert.Contains($".Values.{n} ", Chart.Template(), StringComparison.Ordinal));
    }

    [Fact]
    public void Every_setting_says_what_it_means()
    {
        var lines = Chart.Settings().Split('\n');
        foreach (var name in Chart.Values().Names.Except(["imagePullPolicy", "cniConfDir", "runDir"]))
            Assert.StartsWith("#", lines[Array.FindIndex(lines, l => l.StartsWith($"{name}:", StringComparison.Ordinal)) - 1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_quoted_value_cannot_leave_its_quotes() =>
        Assert.Equal("""image: "a\" }\\nb" """.Trim(), Chart.Render("image: {{ .Values.image | quote }}", Chart.Values().With([new("image", "a\" }\\nb")])));

    [Fact]
    public void The_default_components_are_components() => Assert.Equal(NodeComponents.All, ComponentList.Parse(Chart.Values()["components"]));

    [Fact]
    public void The_gateway_runs_in_the_group_that_policies_know() => Assert.Contains($"runAsGroup: {PolicyTables.GatewayGroup},", Chart.Template(), StringComparison.Ordinal);

    [Theory]
    [InlineData("colour", "blue", "there is no setting colour")]
    [InlineData("controllers", "two", "controllers=two is no number")]
    [InlineData("image", "a\nb", "image has a control character")]
    public void What_cannot_be_is_told(string name, string value, string message) => Assert.Equal(message, Assert.Throws<CommandFailure>(() => Chart.Values().With([new(name, value)])).Message);

    [Theory]
    [InlineData("{{ .Values.absent }}")]
    [InlineData("{{ .Values.image | upper }}")]
    [InlineData("{{ include \"x\" }}")]
    [InlineData("{{ .Values.image")]
    public void A_template_beyond_the_language_is_refused(string template) => Assert.Throws<FormatException>(() => Chart.Render(template, Chart.Values()));

    [Theory]
    [InlineData(" nested: 1")]
    [InlineData("name")]
    [InlineData("name: \"open")]
    [InlineData("name: \"a\" b")]
    public void Values_beyond_the_form_are_refused(string yaml) => Assert.Throws<FormatException>(() => ChartValues.Read(yaml));
}
