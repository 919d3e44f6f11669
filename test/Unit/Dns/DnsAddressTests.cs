using System.Collections.Immutable;
using System.Net;
using Vitrine.Dns.Apply;
using Vitrine.Model.Plans.Dns;
using Xunit;

namespace Vitrine.Unit.Dns;

public sealed class DnsAddressTests
{
    private static readonly ImmutableArray<IPAddress> Addresses = [IPAddress.Parse("10.96.0.10")];

    [Fact]
    public void Questions_that_a_socket_takes_are_not_tracked_and_others_go_to_a_peer()
    {
        var rules = DnsAddress.Rules(Addresses, inet: true, new DnsDetour([], [new DnsPeer("b", IPAddress.Parse("10.244.2.0")), new DnsPeer("c", IPAddress.Parse("10.244.3.0"))]));
        Assert.Equal(
            """
            prerouting: ip daddr 10.96.0.10 udp dport 53 socket transparent 0 notrack comment "queries"
            prerouting: ip saddr 10.96.0.10 udp sport 53 notrack comment "answers"
            prerouting: ip daddr 10.96.0.10 tcp dport 53 socket transparent 0 notrack comment "queries"
            prerouting: ip saddr 10.96.0.10 tcp sport 53 notrack comment "answers"
            output: ip saddr 10.96.0.10 udp sport 53 notrack comment "answers"
            output: ip saddr 10.96.0.10 tcp sport 53 notrack comment "answers"
            dstnat: ip daddr 10.96.0.10 udp dport 53 dnat ip to numgen random mod 6 map @peers4 comment "queries that nobody here takes"
            dstnat: ip daddr 10.96.0.10 tcp dport 53 dnat ip to numgen random mod 6 map @peers4 comment "queries that nobody here takes"
            dstnat-own: ip daddr 10.96.0.10 udp dport 53 dnat ip to numgen random mod 6 map @peers4 comment "queries that nobody here takes"
            dstnat-own: ip daddr 10.96.0.10 tcp dport 53 dnat ip to numgen random mod 6 map @peers4 comment "queries that nobody here takes"
            postrouting: ct status dnat ip saddr 10.96.0.10 masquerade fully-random comment "every node has this address"
            """, string.Join('\n', rules.Rules.Select(r => $"{r.Chain}: {r}")));
        Assert.Equal(["node/b", "node/c", "node/b", "node/c", "node/b", "node/c"], rules.Elements["peers4"].Select(e => e.Comment));
    }

    [Fact]
    public void As_long_as_somebody_answers_the_nodes_own_questions_are_not_tracked() =>
        Assert.Equal(
            """
            ip daddr 10.96.0.10 udp dport 53 notrack comment "queries"
            ip daddr 10.96.0.10 tcp dport 53 notrack comment "queries"
            """, string.Join('\n', DnsAddress.Presence(Addresses, inet: true, "here").Rules));

    [Fact]
    public void Without_peers_the_map_is_empty_and_rules_are_the_same() =>
        Assert.Empty(DnsAddress.Rules(Addresses, inet: true, DnsDetour.None).Elements["peers4"]);

    [Fact]
    public void Where_rules_cannot_see_sockets_no_question_is_tracked()
    {
        var rules = DnsAddress.Rules(Addresses, inet: false, null);
        Assert.Empty(rules.Sets);
        Assert.All(rules.Rules, r => Assert.EndsWith("notrack", r.Text, StringComparison.Ordinal));
    }
}
