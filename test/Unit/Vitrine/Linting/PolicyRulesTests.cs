using Xunit;
using static Vitrine.Unit.Linting.Twin;

namespace Vitrine.Unit.Linting;

public sealed class PolicyRulesTests
{
    private const string Policy = Web + """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: guard}
        spec:
          podSelector: {matchLabels: {app: web}}
          ingress:
          - from: [{podSelector: {matchLabels: {app: web}}}]
            ports: [{port: http}, {port: 80}]
        """;

    [Theory]
    [InlineData("podSelector: {matchLabels: {app: web}}\n", "podSelector: {matchLabels: {app: wbe}}\n", "error", "policy-selects-nothing", "spec.podSelector")]
    [InlineData("{port: http}", "{port: htpp}", "error", "policy-port-unknown", "spec.ingress[0].ports[0].port")]
    [InlineData("{port: 80}]", "{port: 8080}]", "warning", "policy-port-undeclared", "spec.ingress[0].ports[1].port")]
    [InlineData("from: [{podSelector: {matchLabels: {app: web}}}]", "from: [{podSelector: {matchLabels: {app: client}}}]", "warning", "policy-peer-nobody", "spec.ingress[0].from[0]")]
    [InlineData("from: [{podSelector: {matchLabels: {app: web}}}]", "from: [{namespaceSelector: {matchLabels: {a: b}}}]", "warning", "policy-peer-nobody", "spec.ingress[0].from[0]")]
    public void A_policy_about_nobody_or_about_ports_that_are_not_there(string good, string bad, string severity, string rule, string field)
    {
        Assert.Empty(Lint(Policy));
        var found = Assert.Single(Lint(Policy.Replace(good, bad, StringComparison.Ordinal)));
        Assert.Equal((severity, rule, "networkpolicy/default/guard", field), (found.Severity, found.Rule, found.Object, found.Field));
        Assert.NotEqual("", found.Fix);
    }

    [Fact]
    public void Broken_YAML_of_a_policy_is_told() => Assert.Contains(Lint(Policy.Replace("ingress:\n", "ingress: 7\n  egress:\n", StringComparison.Ordinal)), f => f is { Rule: "invalid", Object: "networkpolicy/default/guard" });

    [Theory]
    [InlineData("app: web", "app: wbe", "warning", "policy-selects-nothing", "spec.subject")]
    [InlineData("destinationNamedPort: http", "destinationNamedPort: htpp", "error", "policy-port-unknown", "spec.ingress[0].protocols[0]")]
    public void A_policy_of_the_whole_cluster_likewise(string good, string bad, string severity, string rule, string field)
    {
        const string policy = """
            apiVersion: policy.networking.k8s.io/v1alpha2
            kind: ClusterNetworkPolicy
            metadata: {name: guard}
            spec:
              tier: Admin
              priority: 1
              subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}}
              ingress:
              - action: Deny
                from: [{namespaces: {}}]
                protocols: [{destinationNamedPort: http}]
            """;
        Assert.Empty(Lint(Web + policy));
        var found = Assert.Single(Lint(Web + policy.Replace(good, bad, StringComparison.Ordinal)));
        Assert.Equal((severity, rule, "clusternetworkpolicy/guard", field), (found.Severity, found.Rule, found.Object, found.Field));
    }
}
