using Xunit;
using static Vitrine.Unit.Linting.Twin;

namespace Vitrine.Unit.Linting;

public sealed class SchemaRulesTests
{
    [Fact]
    public void An_unknown_field_is_compared_with_those_there_are() =>
        Assert.Equal(9, Breaks(Web, "containers:\n", "containres: []\n      containers:\n", "error", "invalid", "deployment/default/web", "spec.template.spec.containres", "write containers").Line);

    [Fact]
    public void What_the_validation_refuses_is_named_by_field_and_line()
    {
        var found = Breaks(Web, "metadata: {labels: {app: web}}", "metadata: {labels: {app: wbe}}", "error", "invalid", "deployment/default/web", "spec.template.metadata.labels", "correct");
        Assert.Equal(7, found.Line);
    }

    [Fact]
    public void A_value_of_another_type() => Breaks(Web, "containerPort: 80}", "containerPort: eighty}", "error", "invalid", "deployment/default/web", "", "correct the object");

    [Fact]
    public void A_field_that_is_written_twice() =>
        Breaks(Web, "image: nginx\n", "image: nginx\n        image: nginx\n", "error", "invalid", "deployment/default/web", "spec.template.spec.containers[0].image", "leave one of them out");

    [Fact]
    public void A_broken_document_hides_no_other()
    {
        var found = Lint("a: [b\n---\n" + Web);
        Assert.Equal(("error", "unreadable", 1), (Assert.Single(found).Severity, found[0].Rule, found[0].Document));
        Assert.Equal("selects-nothing", Lint("a: [b\n---\n" + Web.Replace("selector: {app: web}", "selector: {app: wbe}", StringComparison.Ordinal))[1].Rule);
    }

    [Theory]
    [InlineData("just a text")]
    [InlineData("- a\n- b")]
    public void A_document_that_is_no_object(string text) => Assert.Equal("unreadable", Assert.Single(Lint(text)).Rule);

    [Theory]
    [InlineData("metadata: {name: a}", "kind")]
    [InlineData("kind: Pod\nmetadata: {name: a}", "apiVersion")]
    [InlineData("apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: a}", "apiVersion")]
    public void A_kind_that_is_none_or_in_another_version(string text, string field) => Assert.Equal(("error", "invalid", field), (Assert.Single(Lint(text)).Severity, Lint(text)[0].Rule, Lint(text)[0].Field));

    [Fact]
    public void A_kind_that_is_not_served_is_told_and_passed_over() =>
        Assert.Equal(("warning", "kind-not-served", "widget/default/r"), Assert.Single(Lint("apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: r}")) is var f ? (f.Severity, f.Rule, f.Object) : default);

    [Fact]
    public void The_same_object_twice()
    {
        const string Map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {a: b}\n";
        Breaks($"{Map}---\n{Map.Replace("name: m", "name: other", StringComparison.Ordinal)}", "name: other", "name: m", "warning", "repeated", "configmap/default/m", "metadata.name", "leave one");
        Breaks($"{Map}---\n{Map.Replace("name: m", "name: other", StringComparison.Ordinal).Replace("a: b", "a: c", StringComparison.Ordinal)}", "name: other", "name: m", "error", "repeated", "configmap/default/m", "metadata.name", "another name");
        Assert.Empty(Lint($"{Map}---\n{Map.Replace("name: m", "name: m, namespace: other", StringComparison.Ordinal)}"));
    }

    [Fact]
    public void Items_of_a_List_are_objects_of_their_own()
    {
        var found = Lint("apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a}\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: B}\n");
        Assert.Equal(("configmap/default/B", "metadata.name", 9), (Assert.Single(found).Object, found[0].Field, found[0].Line));
    }

    [Fact]
    public void What_a_controller_would_be_refused_is_told_of_its_workload()
    {
        var found = Lint("apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c}\nspec:\n  schedule: '* * * * *'\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          containers: [{name: c, image: debian}]");
        Assert.Contains(found, f => f is { Severity: "error", Object: "cronjob/default/c" });
    }

    [Fact]
    public void The_same_files_give_the_same_findings() =>
        Assert.Equal(Lint(Web + Web.Replace("web", "wbe", StringComparison.Ordinal), 3), Lint(Web + Web.Replace("web", "wbe", StringComparison.Ordinal), 3));
}
