using Vitrine.Model.Plans.Policies;
using Xunit;

namespace Vitrine.Unit.Model.Policies;

public sealed class PolicyProblemsTests
{
    [Theory]
    [InlineData("none")]
    [InlineData("default-deny")]
    [InlineData("named-ports")]
    [InlineData("dns-only")]
    public void A_policy_that_does_something_has_none(string town) => Assert.Empty(PolicyProblems.Of(PolicyTown.Of(town)));

    [Theory]
    [InlineData("{podSelector: {matchLabels: {app: wbe}}}", "SelectsNothing", "spec.podSelector", "no pod of namespace shop has labels app=wbe: nothing is isolated by it")]
    [InlineData("{podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 80}, {port: htpp}]}]}", "PortNotFound", "spec.ingress[0].ports[1]", "no pod it selects has a TCP port named htpp; they have http, metrics: the rule allows nothing by it")]
    [InlineData("{podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: http, protocol: UDP}]}]}", "PortNotFound", "spec.ingress[0].ports[0]", "no pod it selects has a UDP port named http: the rule allows nothing by it")]
    [InlineData("{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: db}}}], ports: [{port: http}]}]}", "PortNotFound", "spec.egress[0].ports[0]", "no pod that rule sends to has a TCP port named http; they have pg: the rule allows nothing by it")]
    public void A_policy_that_does_nothing_is_told(string spec, string reason, string field, string message)
    {
        var town = File.ReadAllText(Path.Combine(PolicyTown.Folder(), "town.yaml"));
        var problem = Assert.Single(PolicyProblems.Of(PolicyTown.Read($"{town}---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p, namespace: shop, uid: p}}\nspec: {spec}\n")));
        Assert.Equal((reason, "networkpolicy/shop/p", field, message), (problem.Reason, problem.Source.Object, problem.Source.Field, problem.Message));
    }

    [Fact]
    public void A_namespace_without_pods_is_named() =>
        Assert.Equal("namespace empty has no pods: nothing is isolated by it", Assert.Single(PolicyProblems.Of(PolicyTown.Read("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: empty, uid: p}\nspec: {podSelector: {}}\n"))).Message);

    [Theory]
    [InlineData("{subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}", null, "", "")]
    [InlineData("{subject: {namespaces: {matchLabels: {team: nobody}}}}", "SelectsNothing", "spec.subject", "no namespace has labels team=nobody: nothing is isolated by it")]
    [InlineData("{subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: wbe}}}}}", "SelectsNothing", "spec.subject", "no pod of the namespaces it means has labels app=wbe: nothing is isolated by it")]
    [InlineData("{subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}}, ingress: [{action: Deny, from: [{namespaces: {}}], protocols: [{destinationNamedPort: htpp}]}]}", "PortNotFound", "spec.ingress[0].ports[0]", "no pod it selects has a port named htpp; they have http, metrics: the rule stops nothing by it")]
    public void So_is_one_of_the_whole_cluster(string spec, string? reason, string field, string message)
    {
        var town = File.ReadAllText(Path.Combine(PolicyTown.Folder(), "town.yaml"));
        var problems = PolicyProblems.Of(PolicyTown.Read($"{town}---\napiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {{name: p, uid: p}}\nspec: {spec}\n")).ToArray();
        if (reason is null)
            Assert.Empty(problems);
        else
            Assert.Equal([(reason, "clusternetworkpolicy/p", field, message)], problems.Select(p => (p.Reason, p.Source.Object, p.Source.Field, p.Message)));
    }
}
