using System.Net;
using System.Text.Json;
using k8s;
using k8s.Models;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Unit.Model.Policies;

/// <summary>What an API without our validation may hold: whatever cannot be read opens nothing.</summary>
public sealed class PolicyReaderTests
{
    [Theory]
    [InlineData("{}", true, false)]
    [InlineData("""{"egress":[]}""", true, false)]
    [InlineData("""{"egress":[{}]}""", true, true)]
    [InlineData("""{"policyTypes":["Egress"]}""", false, true)]
    [InlineData("""{"policyTypes":[]}""", true, false)]
    public void Directions_are_those_that_are_named_or_implied(string spec, bool ingress, bool egress)
    {
        var policy = Read(spec);
        Assert.Equal((ingress, egress), (policy.Ingress is not null, policy.Egress is not null));
    }

    [Theory]
    [InlineData("""{"from":[{}]}""")]
    [InlineData("""{"from":[{"ipBlock":{"cidr":"10.0.0.0"}}]}""")]
    [InlineData("""{"from":[{"ipBlock":{"cidr":"10.0.0.0/33"}}]}""")]
    [InlineData("""{"from":[{"ipBlock":{"cidr":"10.0.0.0/8","except":["x"]}}]}""")]
    public void A_peer_that_is_none_is_nobody_and_not_everybody(string rule) => Assert.True(Assert.Single(Read($$"""{"ingress":[{{rule}}]}""").Ingress!.Value) is { Everybody: false, Peers.IsEmpty: true });

    [Theory]
    [InlineData("""{"port":0}""")]
    [InlineData("""{"port":70000}""")]
    [InlineData("""{"port":80,"endPort":79}""")]
    [InlineData("""{"port":80,"endPort":65536}""")]
    public void A_port_that_is_none_is_not_every_port(string port) => Assert.True(Assert.Single(Read($$"""{"ingress":[{"ports":[{{port}}]}]}""").Ingress!.Value) is { EveryPort: false, Ports.IsEmpty: true });

    [Fact]
    public void A_requirement_without_an_operator_selects_nobody()
    {
        var pods = Read("""{"podSelector":{"matchExpressions":[{"key":"a"},null]}}""").Pods;
        Assert.False(pods.Matches(new Dictionary<string, string> { ["a"] = "b" }));
        Assert.NotEqual("", pods.ToString());
    }

    [Fact]
    public void Host_bits_of_a_block_do_not_count() => Assert.Equal(IPNetwork.Parse("10.1.0.0/16"), PolicyReader.Range("10.1.2.3/16"));

    [Theory]
    [InlineData("Accept", """{"from":[{"other":{}}]}""", PolicyAction.Accept, false, 0)]
    [InlineData("Accept", """{"from":[{"other":{}},{"namespaces":{}}]}""", PolicyAction.Accept, false, 1)]
    [InlineData("Deny", """{"from":[{"other":{}},{"namespaces":{}}]}""", PolicyAction.Deny, true, 0)]
    [InlineData("Pass", """{"from":[{"other":{}}]}""", PolicyAction.Deny, true, 0)]
    [InlineData("Pass", """{"from":[{"namespaces":{}}],"protocols":[{"icmp":{}}]}""", PolicyAction.Deny, true, 0)]
    [InlineData("Mystery", """{"from":[{"namespaces":{}}]}""", PolicyAction.Deny, false, 1)]
    public void Of_a_cluster_policy_what_is_not_known_closes(string action, string rule, PolicyAction read, bool everybody, int peers)
    {
        using var value = JsonDocument.Parse($$$"""{"metadata":{"name":"c"},"spec":{"tier":"Admin","priority":3,"subject":{"namespaces":{}},"ingress":[{"action":"{{{action}}}",{{{rule[1..]}}}]}}""");
        var only = Assert.Single(ClusterPolicyReader.Read(value.RootElement).Ingress);
        Assert.Equal((read, everybody, peers), (only.Action, only.Everybody, only.Peers.Length));
    }

    private static NetworkPolicy Read(string spec) => PolicyReader.Read(KubernetesJson.Deserialize<V1NetworkPolicy>($$$"""{"metadata":{"name":"p","namespace":"d"},"spec":{{{spec}}}}"""));
}
