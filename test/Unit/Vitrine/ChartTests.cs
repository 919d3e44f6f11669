using System.CommandLine;
using Vitrine.ApiServer.Drafts;
using Vitrine.Attaching;
using Vitrine.Dataplane;
using Vitrine.Installing;
using Vitrine.Verbs;
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
    [InlineData("DaemonSet")]
    [InlineData("Deployment")]
    public void What_the_pods_are_started_with_is_understood_also_where_settings_are_empty(string kind)
    {
        var documents = ManifestReader.Read(Chart.Render(Chart.Template(), Chart.Values().With([new("clusterDns", ""), new("serviceCidr", "")]))).Select(d => d.Value!).ToArray();
        var settings = documents.Single(d => (string?)d["kind"] == "ConfigMap")["data"]!.AsObject();
        var root = new RootCommand { NodeVerb.Create(), ControllerVerb.Create(), GatewayVerb.Create() };
        foreach (var container in documents.Single(d => (string?)d["kind"] == kind)["spec"]!["template"]!["spec"]!["containers"]!.AsArray())
        {
            string[] arguments = [.. container!["args"]!.AsArray().Select(a => settings.Aggregate((string)a!, (text, s) => text.Replace($"$({s.Key})", (string?)s.Value, StringComparison.Ordinal)))];
            Assert.Empty(root.Parse(arguments).Errors.Select(e => $"{string.Join(' ', arguments)}: {e.Message}"));
        }
    }

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
