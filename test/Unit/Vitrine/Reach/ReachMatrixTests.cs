using System.Text.Json;
using Vitrine.Model.Snapshot;
using Vitrine.Reach;
using Vitrine.Unit.Model.Policies;
using Vitrine.Verbs;
using Xunit;

namespace Vitrine.Unit.Reach;

/// <summary>The town of Golden/PolicyPlan, seen as who may talk to whom.</summary>
public sealed class ReachMatrixTests
{
    private const string Web1 = "shop/web-1", Web2 = "shop/web-2", Db = "shop/db", Monitor = "ops/monitor", Dns = "service/kube-system/kube-dns", Outside = "outside (203.0.113.1)";

    [Fact]
    public void Without_policies_everybody_may()
    {
        var matrix = ReachMatrix.Of(PolicyTown.Of("none"), null);
        Assert.Equal([Monitor, Db, Web1, Web2, Dns, Outside], matrix.Ends);
        Assert.All(matrix.Cells, c => Assert.Equal(("yes", "", "no policy is against it"), (c.Allowed, c.DeniedBy, ReachText.Why(c))));
        Assert.Equal(["tcp 8080", "tcp 9100"], matrix.Cells.Where(c => c is { From: Db, To: Web1 }).Select(c => c.Port));
        Assert.Equal("any", Assert.Single(matrix.Cells, c => c is { From: Db, To: Outside }).Port);
        Assert.DoesNotContain(matrix.Cells, c => c.From == c.To || c is { From: Dns, To: Outside });
    }

    [Theory]
    [InlineData("from-namespace", Web1, Db, "tcp 5432", "yes", "allowed by NetworkPolicy/shop/from-ops spec.ingress[1]")]
    [InlineData("from-namespace", Outside, Db, "tcp 5432", "no", "ingress denied: NetworkPolicy/shop/from-ops")]
    [InlineData("default-deny", Web1, Db, "tcp 5432", "no", "egress and ingress denied: NetworkPolicy/shop/default-deny")]
    [InlineData("default-deny", Web1, Monitor, "tcp 3000", "no", "egress denied: NetworkPolicy/shop/default-deny")]
    [InlineData("default-deny", Monitor, Web1, "tcp 8080", "no", "ingress denied: NetworkPolicy/shop/default-deny")]
    [InlineData("dns-only", Web1, Dns, "udp 53", "yes", "allowed by NetworkPolicy/shop/dns spec.egress[0]")]
    [InlineData("tiers", Monitor, Web1, "tcp 9100", "yes", "allowed by ClusterNetworkPolicy//no-telnet spec.ingress[1]")]
    [InlineData("tiers", Monitor, Web1, "tcp 8080", "no", "ingress denied: ClusterNetworkPolicy//no-telnet spec.ingress[3]")]
    public void A_pair_is_judged_at_both_ends(string town, string from, string to, string port, string allowed, string why)
    {
        var cell = Assert.Single(ReachMatrix.Of(PolicyTown.Of(town), null).Cells, c => c.From == from && c.To == to && c.Port == port);
        Assert.Equal((allowed, why), (cell.Allowed, ReachText.Why(cell)));
    }

    [Fact]
    public void Pods_of_equal_labels_are_one_and_what_depends_on_the_address_is_said()
    {
        var snapshot = PolicyTown.Of("none");
        var twin = snapshot.Pods[Web1] with { Name = "web-9", Addresses = [System.Net.IPAddress.Parse("10.244.1.19")], Labels = snapshot.Pods[Web1].Labels.Add("pod-template-hash", "x") };
        snapshot = snapshot with { Pods = snapshot.Pods.Add(twin.Key, twin) };
        Assert.Contains("shop/web-1 ×2", ReachMatrix.Of(snapshot, null).Ends);
        var policy = new NetworkPolicy
        {
            Namespace = "shop", Name = "one", Uid = "", Pods = LabelSelector.Of(snapshot.Pods[Db].Labels),
            Ingress = [new PolicyRule { EveryPort = true, Peers = [new PolicyPeer { Block = System.Net.IPNetwork.Parse("10.244.1.19/32") }] }],
        };
        var cell = Assert.Single(ReachMatrix.Of(snapshot with { NetworkPolicies = snapshot.NetworkPolicies.Add(policy.Key, policy) }, null).Cells, c => c is { From: "shop/web-1 ×2", To: Db });
        Assert.Equal(("some", "ingress"), (cell.Allowed, cell.DeniedBy));
    }

    [Fact]
    public void A_namespace_narrows_it_down()
    {
        var matrix = ReachMatrix.Of(PolicyTown.Of("tiers"), "ops");
        Assert.All(matrix.Cells, c => Assert.True(c.From == Monitor || c.To == Monitor));
        Assert.NotEmpty(matrix.Cells);
    }

    [Fact]
    public void The_page_holds_names_as_text()
    {
        var page = ReachHtml.Write(new ReachMatrix(["<script>alert(1)</script>", "\"><img src=x onerror=y>"], [new ReachCell("<script>alert(1)</script>", "\"><img src=x onerror=y>", "tcp 80", "no", "ingress", ["' onmouseover='z"])]));
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.Contains("title=\"ingress denied: &#39; onmouseover=&#39;z\">tcp 80</span>", page, StringComparison.Ordinal);
        Assert.Equal(2, page.Split("&lt;script&gt;alert(1)&lt;/script&gt;").Length - 1);
    }

    [Fact]
    public void Table_and_JSON_say_the_same()
    {
        var matrix = ReachMatrix.Of(PolicyTown.Of("default-deny"), null);
        var text = new StringWriter();
        ReachText.Print(text, matrix);
        Assert.Equal(matrix.Cells.Count + 1, text.ToString().TrimEnd('\n').Split('\n').Length);
        using var json = JsonDocument.Parse(JsonSerializer.Serialize(matrix, VerbJson.Default.ReachMatrix));
        Assert.Equal(matrix.Cells.Count, json.RootElement.GetProperty("cells").GetArrayLength());
        Assert.Equal("no", json.RootElement.GetProperty("cells").EnumerateArray().First(c => c.GetProperty("from").GetString() == Web1).GetProperty("allowed").GetString());
    }
}
