using System.Net;
using Vitrine.Explaining;
using Xunit;

namespace Vitrine.Unit.Explaining;

/// <summary>kube-proxy's rules for one Service, out of iptables-save.</summary>
public sealed class ForeignServicesTests
{
    private static readonly string[] Saved =
    [
        "*nat",
        ":KUBE-SERVICES - [0:0]",
        "-A PREROUTING -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES",
        "-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-OTHER",
        "-A KUBE-SERVICES -d 10.96.3.4/32 -p tcp -m comment --comment \"default/web cluster IP\" -m tcp --dport 80 -j KUBE-SVC-WEB",
        "-A KUBE-SERVICES -d 10.96.3.4/32 -p tcp -m tcp --dport 800 -j KUBE-SVC-ADMIN",
        "-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS",
        "-A KUBE-NODEPORTS -p tcp -m tcp --dport 30080 -j KUBE-SVC-WEB",
        "-A KUBE-SVC-WEB -m statistic --mode random --probability 0.5 -j KUBE-SEP-A",
        "-A KUBE-SVC-WEB -j KUBE-SEP-B",
        "-A KUBE-SEP-A -p tcp -j DNAT --to-destination 10.244.0.5:80",
        "-A KUBE-SEP-B -p tcp -j DNAT --to-destination 10.244.1.5:80",
        "-A KUBE-SVC-OTHER -j KUBE-SEP-A",
    ];

    [Fact]
    public void A_Services_rule_leads_to_its_chain_and_that_to_its_endpoints() =>
        Assert.Equal([4, 8, 9, 10, 11], ForeignServices.Trace(Saved, IPAddress.Parse("10.96.3.4"), 80).Select(r => Array.IndexOf(Saved, r)));

    [Fact]
    public void A_node_ports_rule_is_found_without_an_address() => Assert.Equal([7, 8, 9, 10, 11], ForeignServices.Trace(Saved, null, 30080).Select(r => Array.IndexOf(Saved, r)));

    [Fact]
    public void What_no_rule_is_for_has_none() => Assert.Empty(ForeignServices.Trace(Saved, IPAddress.Parse("10.96.3.5"), 80));

    [Fact]
    public void Chains_that_jump_in_a_circle_end() =>
        Assert.Equal(3, ForeignServices.Trace(["-A KUBE-NODEPORTS --dport 1 -j KUBE-SVC-A", "-A KUBE-SVC-A -j KUBE-SVC-B", "-A KUBE-SVC-B -j KUBE-SVC-A"], null, 1).Count());

    [Fact]
    public void Rules_that_end_too_soon_are_not_read_beyond() => Assert.Empty(ForeignServices.Trace(["-A KUBE-NODEPORTS --dport", "-A KUBE-NODEPORTS ", "-A KUBE-SERVICES -d"], null, 80));
}
