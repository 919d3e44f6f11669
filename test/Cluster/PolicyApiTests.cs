using Xunit;

namespace Vitrine.Cluster;

/// <summary>NetworkPolicies as kubectl's users make and see them; what they do to packets is told elsewhere.</summary>
public sealed class PolicyApiTests(ThreeNodes cluster)
{
    [Fact]
    public async Task A_NetworkPolicy_is_kept_shown_explained_and_judged()
    {
        var ns = await cluster.NamespaceAsync("netpol-api");
        await cluster.KubectlAsync($"apply -n {ns} -f -", """
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: guard}
            spec:
              podSelector: {matchLabels: {app: web}}
              ingress:
              - from: [{namespaceSelector: {matchLabels: {team: ops}}}, {ipBlock: {cidr: 192.0.2.0/24, except: [192.0.2.8/29]}}]
                ports: [{port: http}, {port: 8000, endPort: 8010, protocol: UDP}]
              egress: [{to: [{podSelector: {}}]}]
            """);
        Assert.Matches(@"(?m)^guard\s+app=web\s+\d+s", await cluster.KubectlAsync($"get netpol -n {ns} -o wide"));
        Assert.Equal("Ingress Egress", await cluster.KubectlAsync($"get netpol guard -n {ns} -o jsonpath={{.spec.policyTypes[*]}}"));
        Assert.Equal("TCP UDP", await cluster.KubectlAsync($"get netpol guard -n {ns} -o jsonpath={{.spec.ingress[0].ports[*].protocol}}"));
        var described = await cluster.KubectlAsync($"describe netpol guard -n {ns}");
        foreach (var part in (string[])["PodSelector:     app=web", "NamespaceSelector: team=ops", "CIDR: 192.0.2.0/24", "Except: 192.0.2.8/29", "Policy Types: Ingress, Egress"])
            Assert.Contains(part, described, StringComparison.Ordinal);
        Assert.Contains("endPort", await cluster.KubectlAsync("explain netpol.spec.ingress.ports"), StringComparison.Ordinal);
        Assert.Contains("must be a strict subset of `cidr`", (await cluster.TryAsync($"patch netpol guard -n {ns} --type=json -p [{{\"op\":\"replace\",\"path\":\"/spec/ingress/0/from/1/ipBlock/except/0\",\"value\":\"10.0.0.0/8\"}}]")).Error, StringComparison.Ordinal);
        await cluster.EventuallyAsync($"get events -n {ns} --field-selector=reason=SelectsNothing -o jsonpath={{.items[*].involvedObject.name}}", o => o == "guard");
    }

    [Fact]
    public async Task A_ClusterNetworkPolicy_is_a_kind_of_its_own()
    {
        var ns = await cluster.NamespaceAsync("cnp-api");
        await cluster.KubectlAsync("apply -f -", $$$$"""
            ---
            apiVersion: policy.networking.k8s.io/v1alpha2
            kind: ClusterNetworkPolicy
            metadata: {name: {{{{ns}}}}}
            spec:
              tier: Baseline
              priority: 20
              subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: {{{{ns}}}}}}}
              ingress: [{name: nobody, action: Deny, from: [{namespaces: {}}]}]
            """);
        Assert.Matches($@"(?m)^{ns}\s+Baseline\s+20\s+\d+s", await cluster.KubectlAsync("get cnp"));
        Assert.Contains("domainNames: Forbidden: names are not followed here", (await cluster.TryAsync("apply -f -", "---\n{apiVersion: policy.networking.k8s.io/v1alpha2, kind: ClusterNetworkPolicy, metadata: {name: bad}, spec: {tier: Admin, priority: 1, subject: {namespaces: {}}, egress: [{action: Accept, to: [{domainNames: [example.com]}]}]}}")).Error, StringComparison.Ordinal);
        await cluster.KubectlAsync($"delete cnp {ns}");
    }
}
