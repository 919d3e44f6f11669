using System.Text.Json.Nodes;
using Vitrine.ApiServer.Definitions;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Xunit;

namespace Vitrine.Unit.ApiServer.Definitions;

public class DefinitionPlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 2, 3, 4, 5, 6, TimeSpan.Zero);

    [Fact]
    public void A_definition_alone_is_established()
    {
        var verdict = Assert.Single(Compile(Stored(Definition.Widgets(), "2026-01-01T00:00:00Z")));
        Assert.True(verdict.IsServed);
        Assert.Equal("NamesAccepted=True NoConflicts,Established=True InitialNamesAccepted", Conditions(verdict));
        Assert.Equal("widgets", verdict.Status.TextAt("acceptedNames.plural"));
    }

    [Fact]
    public void The_older_keeps_a_name_that_both_want()
    {
        var older = Stored(Definition.Widgets("gadgets", "Widget"), "2026-01-01T00:00:00Z");
        var younger = Stored(Definition.Widgets(), "2026-01-02T00:00:00Z");
        var verdicts = Compile(younger, older).ToDictionary(static v => v.Definition.TextAt("metadata.name"));
        Assert.True(verdicts["gadgets.test.example"].IsServed);
        Assert.False(verdicts["widgets.test.example"].IsServed);
        Assert.Equal("NamesAccepted=False ListKindConflict,Established=False NotAccepted", Conditions(verdicts["widgets.test.example"]));
        Assert.Contains("\"Widget\" is already in use", verdicts["widgets.test.example"].Status.ToJsonString().Replace("\\u0022", "\"").Replace("\\\"", "\""), StringComparison.Ordinal);
        Assert.Equal("", verdicts["widgets.test.example"].Status.TextAt("acceptedNames.kind"));
    }

    [Fact]
    public void A_name_is_given_when_it_is_free_again()
    {
        var waiting = Stored(Definition.Widgets(), "2026-01-02T00:00:00Z");
        waiting["status"] = Compile(waiting, Stored(Definition.Widgets("gadgets", "Widget"), "2026-01-01T00:00:00Z")).Single(static v => v.Definition.TextAt("metadata.name") == "widgets.test.example").Status.DeepClone();
        var verdict = Assert.Single(Compile(waiting));
        Assert.True(verdict.IsServed);
        Assert.Equal("NamesAccepted=True NoConflicts,Established=True InitialNamesAccepted", Conditions(verdict));
    }

    [Fact]
    public void Other_groups_do_not_conflict() =>
        Assert.All(Compile(Stored(Definition.Widgets(), "2026-01-01T00:00:00Z"), Stored(Definition.Widgets(group: "other.example"), "2026-01-02T00:00:00Z")), static verdict => Assert.True(verdict.IsServed));

    [Fact]
    public void What_the_server_is_built_with_is_established_and_not_served_twice()
    {
        var gateways = Stored(Definition.Widgets("gateways", "Gateway", GatewayKinds.Group), "2026-01-01T00:00:00Z");
        gateways["metadata"]!["annotations"] = new JsonObject { [ProtectedGroups.Annotation] = "https://example.com" };
        var verdict = Assert.Single(Compile(gateways));
        Assert.False(verdict.IsServed);
        Assert.True(verdict.IsBuiltIn);
        Assert.Equal("NamesAccepted=True BuiltIn,Established=True BuiltIn", Conditions(verdict));
    }

    [Fact]
    public void Another_kind_in_a_group_the_server_is_built_with_is_served_beside_it()
    {
        var routes = Stored(Definition.Widgets("tcproutes", "TCPRoute", GatewayKinds.Group), "2026-01-01T00:00:00Z");
        routes["metadata"]!["annotations"] = new JsonObject { [ProtectedGroups.Annotation] = "unapproved, a test" };
        var verdict = Assert.Single(Compile(routes));
        Assert.True(verdict.IsServed);
        Assert.Equal("NamesAccepted=True NoConflicts,Established=True InitialNamesAccepted,KubernetesAPIApprovalPolicyConformant=False UnapprovedAnnotation", Conditions(verdict));
    }

    [Fact]
    public void A_verdict_that_is_written_is_the_next_verdict()
    {
        var definition = Stored(Definition.Widgets(), "2026-01-01T00:00:00Z");
        definition["status"] = Compile(definition)[0].Status.DeepClone();
        Assert.Equal(definition["status"]!.ToJsonString(), DefinitionPlan.Compile([definition], KindList.All, Now.AddHours(1)).Verdicts[0].Status.ToJsonString());
    }

    private static IReadOnlyList<DefinitionVerdict> Compile(params JsonObject[] definitions) => DefinitionPlan.Compile(definitions, KindList.All, Now).Verdicts;

    private static JsonObject Stored(JsonObject definition, string created)
    {
        DefinitionDefaults.Apply(definition);
        DefinitionStatus.Begin(definition);
        definition["metadata"]!["creationTimestamp"] = created;
        return definition;
    }

    private static string Conditions(DefinitionVerdict verdict) =>
        string.Join(',', verdict.Status.Objects("conditions").Select(static c => $"{c.Text("type")}={c.Text("status")} {c.Text("reason")}"));
}
