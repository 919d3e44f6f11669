using Vitrine.ApiServer.Kinds;
using Vitrine.Unit.ApiServer.Kinds;
using Xunit;

namespace Vitrine.Unit.ApiServer.Validation;

public class NetworkPolicyRulesTests
{
    private const string Rule = "spec.ingress[0]", Peers = "from: [{namespaces: {}}]";

    [Theory]
    [InlineData("{podSelector: {matchLabels: {'a b': c}}}", "spec.podSelector.matchLabels: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')")]
    [InlineData("{podSelector: {matchExpressions: [{key: a, operator: In}]}}", "spec.podSelector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'")]
    [InlineData("{ingress: [{from: [{}]}]}", Rule + ".from[0]: Required value: must specify a peer")]
    [InlineData("{ingress: [{from: [{podSelector: {}, ipBlock: {cidr: 10.0.0.0/8}}]}]}", Rule + ".from[0]: Forbidden: may not specify both ipBlock and another peer")]
    [InlineData("{ingress: [{from: [{ipBlock: {cidr: 10.0.0.0}}]}]}", Rule + ".from[0].ipBlock.cidr: Invalid value: \"10.0.0.0\": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")]
    [InlineData("{ingress: [{from: [{ipBlock: {cidr: ''}}]}]}", Rule + ".from[0].ipBlock.cidr: Required value")]
    [InlineData("{ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/16]}}]}]}", Rule + ".from[0].ipBlock.except[0]: Invalid value: \"11.0.0.0/16\": must be a strict subset of `cidr`")]
    [InlineData("{ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/8]}}]}]}", Rule + ".from[0].ipBlock.except[0]: Invalid value: \"10.0.0.0/8\": must be a strict subset of `cidr`")]
    [InlineData("{ingress: [{from: [{ipBlock: {cidr: '10.0.0.0/8', except: ['fd00::/64']}}]}]}", Rule + ".from[0].ipBlock.except[0]: Invalid value: \"fd00::/64\": must be a strict subset of `cidr`")]
    [InlineData("{ingress: [{ports: [{protocol: ICMP}]}]}", Rule + ".ports[0].protocol: Unsupported value: \"ICMP\": supported values: \"SCTP\", \"TCP\", \"UDP\"")]
    [InlineData("{ingress: [{ports: [{port: 0}]}]}", Rule + ".ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive")]
    [InlineData("{ingress: [{ports: [{port: 65536}]}]}", Rule + ".ports[0].port: Invalid value: 65536: must be between 1 and 65535, inclusive")]
    [InlineData("{ingress: [{ports: [{port: 80, endPort: 79}]}]}", Rule + ".ports[0].endPort: Invalid value: 80: must be greater than or equal to `port`")]
    [InlineData("{ingress: [{ports: [{port: 80, endPort: 70000}]}]}", Rule + ".ports[0].endPort: Invalid value: 70000: must be between 1 and 65535, inclusive")]
    [InlineData("{ingress: [{ports: [{endPort: 80}]}]}", Rule + ".ports[0].endPort: Invalid value: 80: may not be specified when `port` is not specified")]
    [InlineData("{ingress: [{ports: [{port: web, endPort: 80}]}]}", Rule + ".ports[0].endPort: Invalid value: 80: may not be specified when `port` is non-numeric")]
    [InlineData("{ingress: [{ports: [{port: 'Web'}]}]}", Rule + ".ports[0].port: Invalid value: \"Web\": must contain only alphanumeric characters (a-z, 0-9), and hyphens (-)")]
    [InlineData("{egress: [{to: [{}]}]}", "spec.egress[0].to[0]: Required value: must specify a peer")]
    [InlineData("{policyTypes: [In]}", "spec.policyTypes[0]: Unsupported value: \"In\": supported values: \"Egress\", \"Ingress\"")]
    public void A_policy_is_refused_in_upstreams_words(string spec, string fault) =>
        Assert.Equal([fault], Sample.Faults(NetworkingKinds.NetworkPolicy, Sample.Defaulted(NetworkingKinds.NetworkPolicy, $"{{metadata: {{name: a, namespace: default}}, spec: {spec}}}")));

    [Theory]
    [InlineData("{podSelector: {}}", """{"podSelector":{},"policyTypes":["Ingress"]}""")]
    [InlineData("{podSelector: {}, egress: []}", """{"podSelector":{},"egress":[],"policyTypes":["Ingress"]}""")]
    [InlineData("{podSelector: {}, egress: [{ports: [{port: 53}]}]}", """{"podSelector":{},"egress":[{"ports":[{"port":53,"protocol":"TCP"}]}],"policyTypes":["Ingress","Egress"]}""")]
    [InlineData("{policyTypes: [Egress]}", """{"policyTypes":["Egress"],"podSelector":{}}""")]
    [InlineData("{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.1.2.3/8, except: [10.9.0.0/16]}}, {ipBlock: {cidr: '::/0'}}], ports: [{port: 1, endPort: 1, protocol: SCTP}, {port: http}]}]}", """{"podSelector":{},"ingress":[{"from":[{"ipBlock":{"cidr":"10.1.2.3/8","except":["10.9.0.0/16"]}},{"ipBlock":{"cidr":"::/0"}}],"ports":[{"port":1,"endPort":1,"protocol":"SCTP"},{"port":"http","protocol":"TCP"}]}],"policyTypes":["Ingress"]}""")]
    public void A_policy_is_defaulted_as_upstream_does_and_then_valid(string spec, string want)
    {
        var policy = Sample.Defaulted(NetworkingKinds.NetworkPolicy, $"{{metadata: {{name: a, namespace: default}}, spec: {spec}}}");
        Assert.Equal(want, policy["spec"]!.ToJsonString());
        Assert.Empty(Sample.Faults(NetworkingKinds.NetworkPolicy, policy));
    }

    [Theory]
    [InlineData("tier: Other, priority: 1, subject: {namespaces: {}}", "spec.tier: Unsupported value: \"Other\": supported values: \"Admin\", \"Baseline\"")]
    [InlineData("tier: Admin, priority: 1001, subject: {namespaces: {}}", "spec.priority: Invalid value: 1001: must be between 0 and 1000, inclusive")]
    [InlineData("tier: Admin, subject: {namespaces: {}}", "spec.priority: Required value")]
    [InlineData("tier: Admin, priority: 1", "spec.subject: Required value")]
    [InlineData("tier: Admin, priority: 1, subject: {}", "spec.subject: Invalid value: {}: must have exactly one of: namespaces, pods")]
    [InlineData("tier: Admin, priority: 1, subject: {pods: {namespaceSelector: {}}}", "spec.subject.pods.podSelector: Required value")]
    [InlineData("tier: Admin, priority: 1, subject: {namespaces: {}}, ingress: [{" + Peers + "}]", Rule + ".action: Required value")]
    [InlineData("tier: Admin, priority: 1, subject: {namespaces: {}}, ingress: [{action: Allow, " + Peers + "}]", Rule + ".action: Unsupported value: \"Allow\": supported values: \"Accept\", \"Deny\", \"Pass\"")]
    [InlineData("tier: Admin, priority: 1, subject: {namespaces: {}}, ingress: [{action: Deny}]", Rule + ".from: Invalid value: 0: must have at least 1 items")]
    [InlineData("tier: Admin, priority: 1, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}, pods: {podSelector: {}}}]}]", Rule + ".from[0]: Invalid value: {\"namespaces\":{},\"pods\":{\"podSelector\":{}}}: must have exactly one of: namespaces, pods")]
    [InlineData("tier: Admin, priority: 1, subject: {namespaces: {}}, ingress: [{action: Deny, " + Peers + ", protocols: [{tcp: {}}]}]", Rule + ".protocols[0].tcp.destinationPort: Required value")]
    [InlineData("tier: Admin, priority: 1, subject: {namespaces: {}}, ingress: [{action: Deny, " + Peers + ", protocols: [{tcp: {destinationPort: {number: 1, range: {start: 1, end: 2}}}}]}]", Rule + ".protocols[0].tcp.destinationPort: Invalid value: {\"number\":1,\"range\":{\"start\":1,\"end\":2}}: must have exactly one of: number, range")]
    [InlineData("tier: Admin, priority: 1, subject: {namespaces: {}}, ingress: [{action: Deny, " + Peers + ", protocols: [{udp: {destinationPort: {range: {start: 2, end: 2}}}}]}]", Rule + ".protocols[0].udp.destinationPort.range: Invalid value: {\"start\":2,\"end\":2}: Start port must be less than End port")]
    [InlineData("tier: Admin, priority: 1, subject: {namespaces: {}}, egress: [{action: Accept, to: [{domainNames: [example.com]}]}]", "spec.egress[0].to[0].domainNames: Forbidden: names are not followed here; write `networks`")]
    [InlineData("tier: Admin, priority: 1, subject: {namespaces: {}}, egress: [{action: Accept, to: [{networks: [10.0.0.1]}]}]", "spec.egress[0].to[0].networks[0]: Invalid value: \"10.0.0.1\": Invalid CIDR format provided")]
    [InlineData("tier: Admin, priority: 1, subject: {namespaces: {}}, egress: [{action: Accept, to: [{nodes: {}}], protocols: [{destinationNamedPort: http}]}]", "spec.egress[0]: Invalid value: null: networks/nodes/domainNames peer cannot be set with namedPorts since there are no namedPorts for networks/nodes/domainNames")]
    public void A_cluster_policy_is_refused_with_its_field(string spec, string fault) =>
        Assert.Equal([fault], Sample.Faults(PolicyKinds.ClusterNetworkPolicy, Sample.Defaulted(PolicyKinds.ClusterNetworkPolicy, $"{{metadata: {{name: a}}, spec: {{{spec}}}}}")));

    [Fact]
    public void A_cluster_policy_of_all_sorts_is_valid() => Assert.Empty(Sample.Faults(PolicyKinds.ClusterNetworkPolicy, Sample.Defaulted(PolicyKinds.ClusterNetworkPolicy, """
        metadata: {name: a}
        spec:
          tier: Baseline
          priority: 0
          subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}}
          ingress: [{name: x, action: Pass, from: [{namespaces: {}}, {pods: {podSelector: {}}}], protocols: [{destinationNamedPort: http}, {sctp: {destinationPort: {number: 65535}}}]}]
          egress: [{action: Deny, to: [{nodes: {}}, {networks: [10.0.0.0/8, '::/0']}], protocols: [{tcp: {destinationPort: {range: {start: 1, end: 65535}}}}]}]
        """)));
}
