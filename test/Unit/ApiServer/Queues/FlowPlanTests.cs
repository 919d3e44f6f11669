using System.Text.Json.Nodes;
using Vitrine.ApiServer.Access;
using Vitrine.ApiServer.Auth;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Queues;
using Vitrine.Unit.ApiServer.Kinds;
using Xunit;

namespace Vitrine.Unit.ApiServer.Queues;

public sealed class FlowPlanTests
{
    [Theory]
    [InlineData("admin", "system:masters", "get", "", "pods", "", "exempt", "exempt")]
    [InlineData("system:node:a", "system:nodes", "get", "", "pods", "x", "system-nodes", "system")]
    [InlineData("system:node:a", "system:nodes", "update", "", "nodes/status", "", "system-node-high", "node-high")]
    [InlineData("system:node:a", "system:nodes", "update", "coordination.k8s.io", "leases", "kube-node-lease", "system-node-high", "node-high")]
    [InlineData("system:kube-controller-manager", "", "update", "coordination.k8s.io", "leases", "kube-system", "system-leader-election", "leader-election")]
    [InlineData("system:kube-controller-manager", "", "list", "", "pods", "", "kube-controller-manager", "workload-high")]
    [InlineData("system:serviceaccount:kube-system:b", "system:serviceaccounts", "list", "", "pods", "", "kube-system-service-accounts", "workload-high")]
    [InlineData("system:serviceaccount:a:b", "system:serviceaccounts", "list", "", "pods", "", "service-accounts", "workload-low")]
    [InlineData("bob", "", "list", "", "pods", "", "global-default", "global-default")]
    public void Requests_belong_to_the_suggested_schemas(string user, string group, string verb, string of, string resource, string ns, string schema, string level)
    {
        var found = FlowPlan.Default.Find(Ask(user, group, verb, of, resource, ns));
        Assert.Equal((schema, level), (found.Name, found.Level));
    }

    [Theory]
    [InlineData("/healthz", "probes")]
    [InlineData("/metrics", "global-default")]
    public void Probes_need_no_seat(string path, string schema) =>
        Assert.Equal(schema, FlowPlan.Default.Find(AccessQuestion.OfPath(ClientUser.Anonymous, "GET", path)).Name);

    [Fact]
    public void The_server_is_divided_by_shares()
    {
        var levels = FlowPlan.Default.Levels.ToDictionary(static level => level.Name);
        Assert.Equal((74, 98, 13, 0), (levels["system"].Seats, levels["node-high"].Seats, levels["catch-all"].Seats, levels["exempt"].Seats));
        Assert.Equal((221, 0, 16, 4), (levels["workload-low"].Lendable, levels["leader-election"].Lendable, levels["leader-election"].Queues, levels["leader-election"].Hand));
        Assert.Equal((true, 0), (levels["exempt"].Exempt, levels["catch-all"].Queues));
    }

    [Fact]
    public void The_lower_number_is_asked_first_and_a_schema_without_its_level_does_not_count()
    {
        var plan = FlowPlan.Compile([Level("slow"), Schema("b", "slow", 300), Schema("a", "slow", 300), Schema("lost", "nowhere", 2), Schema("late", "slow", 400)]);
        Assert.Equal("a", plan.Find(Ask("bob")).Name);
        Assert.Equal("catch-all", plan.Find(Ask("eve")).Name);
    }

    [Fact]
    public void Flows_are_told_apart_as_the_schema_says()
    {
        var ask = Ask("bob", ns: "shop");
        Assert.Equal(["s/bob", "s/shop", "s"], ((string[])["ByUser", "ByNamespace", ""]).Select(by => FlowSchemaPlan.Read(Schema("s", "l", 5, by)).FlowOf(ask)));
    }

    [Theory]
    [InlineData("{verbs: [get], apiGroups: [''], resources: [pods], namespaces: [shop]}", "get", "pods", "shop", true)]
    [InlineData("{verbs: [get], apiGroups: [''], resources: [pods], namespaces: [shop]}", "list", "pods", "shop", false)]
    [InlineData("{verbs: [get], apiGroups: [''], resources: [pods], namespaces: [shop]}", "get", "pods/log", "shop", false)]
    [InlineData("{verbs: [get], apiGroups: [''], resources: [pods], namespaces: [shop]}", "get", "pods", "", false)]
    [InlineData("{verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*']}", "get", "nodes", "", false)]
    [InlineData("{verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true}", "get", "nodes", "", true)]
    [InlineData("{verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true}", "get", "pods", "shop", false)]
    public void A_rule_matches_verb_resource_and_scope(string rule, string verb, string resource, string ns, bool matches)
    {
        var schema = Sample.Decode(FlowControlKinds.FlowSchema, $"{{spec: {{priorityLevelConfiguration: {{name: x}}, rules: [{{subjects: [{{kind: User, user: {{name: bob}}}}], resourceRules: [{rule}]}}]}}}}");
        Assert.Equal(matches, FlowSchemaPlan.Read(schema).Matches(Ask("bob", "", verb, "", resource, ns)));
    }

    private static AccessQuestion Ask(string user, string group = "", string verb = "get", string of = "", string resource = "pods", string ns = "default") =>
        new(new ClientUser(user, group.Length > 0 ? [group, ClientUser.Authenticated] : [ClientUser.Authenticated], DateTimeOffset.MaxValue), verb, of, resource.Split('/')[0]) { Namespace = ns, Subresource = resource.Contains('/') ? resource.Split('/')[1] : "" };

    private static JsonObject Level(string name) => Sample.Defaulted(FlowControlKinds.PriorityLevelConfiguration, $"{{metadata: {{name: {name}}}, spec: {{type: Limited, limited: {{limitResponse: {{type: Reject}}}}}}}}");

    private static JsonObject Schema(string name, string level, int precedence, string by = "") => Sample.Defaulted(FlowControlKinds.FlowSchema, $$$"""
        metadata: {name: {{{name}}}}
        spec:
          matchingPrecedence: {{{precedence}}}
          priorityLevelConfiguration: {name: {{{level}}}}
          {{{(by.Length > 0 ? $"distinguisherMethod: {{type: {by}}}" : "")}}}
          rules: [{subjects: [{kind: User, user: {name: bob}}], resourceRules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*']}]}]
        """);
}
