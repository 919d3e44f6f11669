using System.Collections.Immutable;
using System.Net;
using Vitrine.Model.Snapshot;
using Xunit;
using static Vitrine.Kernel.Dns.DnsLab;
using static Vitrine.Kernel.Dns.FakeUpstream;

namespace Vitrine.Kernel.Dns;

/// <summary>Names outside the cluster, with upstreams that are good, slow, dead or hostile.</summary>
public sealed class ForwardTests : IDisposable
{
    private readonly List<IDisposable> all = [];

    [Fact]
    public void An_answer_is_passed_on_and_remembered_while_it_ages()
    {
        var (lab, upstream) = With((q, _) => [Reply(q, 0, [A("www.example.com", "192.0.2.1", 100)])]);
        Assert.Equal(["192.0.2.1"], lab.Short("www.example.com A"));
        Thread.Sleep(1100);
        Assert.Matches(@"WWW\.example\.com\.\s+9[89]\s+IN\s+A\s+192\.0\.2\.1", lab.Dig("WWW.example.com A"));
        Assert.Single(upstream.Seen);
    }

    [Fact]
    public void A_denial_is_remembered_as_long_as_its_SOA_says()
    {
        var (lab, upstream) = With((q, _) => [Reply(q, 3, [], [Soa("example.com")])]);
        Assert.Equal("NXDOMAIN", lab.Status("missing.example.com A"));
        Assert.Equal("NXDOMAIN", lab.Status("missing.example.com A"));
        Assert.Single(upstream.Seen);
    }

    [Fact]
    public void Identifiers_and_ports_towards_an_upstream_are_random()
    {
        var (lab, upstream) = With((q, _) => [Reply(q, 3, [], [Soa("example.com")])]);
        for (var i = 0; i < 24; i++)
            lab.Status($"n{i}.example.com A");
        Assert.Equal(24, upstream.Seen.Count);
        Assert.True(upstream.Seen.Select(s => s.Port).Distinct().Count() >= 20);
        Assert.True(upstream.Seen.Select(s => s.Id).Distinct().Count() >= 20);
        var steps = upstream.Seen.Zip(upstream.Seen.Skip(1), (a, b) => Math.Abs(a.Port - b.Port)).ToArray();
        Assert.True(steps.Count(s => s > 16) > 12, string.Join(' ', steps));
    }

    [Fact]
    public void Wrong_replies_do_not_end_the_wait()
    {
        var (lab, _) = With((q, _) =>
        {
            var right = Reply(q, 0, [A("www.example.com", "192.0.2.1")]);
            byte[] otherId = [(byte)~right[0], .. right[1..]], question = [right[0], right[1], 1, .. right[3..]];
            var otherName = right.ToArray();
            otherName[13] = (byte)'x';
            return [otherId, question, otherName, right[..20], [], Reply(q, 0, [])[..12], right];
        });
        Assert.Equal(["192.0.2.1"], lab.Short("www.example.com A"));
    }

    [Fact]
    public void Records_of_names_that_were_not_asked_for_are_dropped()
    {
        var (lab, _) = With((q, _) =>
        [
            q[13] == 'b' ? Reply(q, 3, [], [Soa("example.net")])
                : Reply(q, 0, [A("www.example.com", "192.0.2.1"), A("bank.example.net", "192.0.2.66"), A("kubernetes.default.svc.cluster.local", "192.0.2.66")], [A("bank.example.net", "192.0.2.66")]),
        ]);
        lab.Add(ServiceOf("kubernetes") with { ClusterIPs = [IPAddress.Parse("10.96.0.1")] });
        Assert.Equal(["192.0.2.1"], lab.Short("www.example.com A"));
        Assert.DoesNotContain("192.0.2.66", lab.Dig("www.example.com A"));
        Assert.Equal("NXDOMAIN", lab.Status("bank.example.net A"));
        Assert.Equal(["10.96.0.1"], lab.Short("kubernetes.default.svc.cluster.local A"));
    }

    [Fact]
    public void A_truncated_reply_is_fetched_by_TCP()
    {
        var (lab, upstream) = With((q, tcp) => [tcp ? Reply(q, 0, [.. Enumerable.Range(1, 100).Select(i => A("big.example.com", $"192.0.2.{i}"))]) : Reply(q, 0, [], truncated: true)]);
        Assert.Equal(100, lab.Short("+tcp big.example.com A").Length);
        Assert.Equal([false, true], upstream.Seen.Select(s => s.Tcp));
    }

    [Fact]
    public void A_silent_upstream_is_left_for_the_next_and_asked_last_from_then_on()
    {
        var lab = Own(new DnsLab(o => o with { Upstreams = [Upstream("127.0.0.2"), Upstream("127.0.0.3")] }));
        var silent = Own(new FakeUpstream(lab.Netns, "127.0.0.2", (_, _) => []));
        Own(new FakeUpstream(lab.Netns, "127.0.0.3", (q, _) => [Reply(q, 0, [A("a.example.com", "192.0.2.3"), A("b.example.com", "192.0.2.3")])]));
        Assert.Equal(["192.0.2.3"], lab.Short("a.example.com A"));
        Assert.Equal(["192.0.2.3"], lab.Short("b.example.com A"));
        Assert.Single(silent.Seen);
    }

    [Fact]
    public void A_refusing_or_broken_upstream_is_left_for_the_next()
    {
        var lab = Own(new DnsLab(o => o with { Upstreams = [Upstream("127.0.0.2"), Upstream("127.0.0.3"), Upstream("127.0.0.4")] }));
        Own(new FakeUpstream(lab.Netns, "127.0.0.3", (q, _) => [Reply(q, 2, [])]));
        Own(new FakeUpstream(lab.Netns, "127.0.0.4", (q, _) => [Reply(q, 0, [A("a.example.com", "192.0.2.4")])]));
        Assert.Equal(["192.0.2.4"], lab.Short("a.example.com A"));
    }

    [Fact]
    public void An_upstream_from_before_EDNS_is_asked_without_it()
    {
        var (lab, _) = With((q, _) => [q[11] > 0 ? [q[0], q[1], 0x81, 0x81, 0, 0, 0, 0, 0, 0, 0, 0] : Reply(q, 0, [A("old.example.com", "192.0.2.1")])]);
        Assert.Equal(["192.0.2.1"], lab.Short("old.example.com A"));
    }

    [Fact]
    public void When_nobody_answers_the_client_is_told_within_its_patience_and_what_is_stale_is_given()
    {
        var alive = true;
        var (lab, _) = With((q, _) => alive ? [Reply(q, 0, [A("www.example.com", "192.0.2.1", 1)])] : []);
        Assert.Equal(["192.0.2.1"], lab.Short("www.example.com A"));
        alive = false;
        Thread.Sleep(1500);
        Assert.Matches(@"www\.example\.com\.\s+30\s+IN\s+A\s+192\.0\.2\.1", lab.Dig("www.example.com A"));
        Assert.Equal("SERVFAIL", lab.Status("other.example.com A"));
    }

    [Fact]
    public void An_upstream_that_is_ourselves_is_never_asked()
    {
        var lab = Own(new DnsLab(o => o with { Upstreams = [new IPEndPoint(V4, 53)] }));
        Assert.Equal([new IPEndPoint(V4, 53)], lab.Service.Servers.Refused);
        Assert.Equal("REFUSED", lab.Status("www.example.com A"));
    }

    [Fact]
    public void A_question_that_comes_back_round_a_loop_ends()
    {
        // Two of us, each the other's upstream.
        var one = Own(new DnsLab(o => o with { Upstreams = [Upstream("127.0.0.2")] }));
        var asked = 0;
        Own(new FakeUpstream(one.Netns, "127.0.0.2", (q, _) =>
        {
            Interlocked.Increment(ref asked);
            using var back = one.Netns.Handle.Run(() => new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Udp));
            back.SendTo(q, new IPEndPoint(V4, 53));
            return [];
        }));
        Assert.Equal("SERVFAIL", one.Status("round.example.com A"));
        Assert.InRange(asked, 1, 8);
    }

    [Fact]
    public void Stub_domains_have_servers_of_their_own_and_hosts_are_answered_at_once()
    {
        var lab = Own(new DnsLab(o => o with
        {
            Upstreams = [Upstream("127.0.0.2")],
            Stubs = ImmutableDictionary<string, ImmutableArray<IPEndPoint>>.Empty.Add("corp.example", [Upstream("127.0.0.3")]),
            Hosts = ImmutableDictionary<string, ImmutableArray<IPAddress>>.Empty.Add("printer.office", [IPAddress.Parse("192.0.2.9"), IPAddress.Parse("2001:db8::9")]),
        }));
        Own(new FakeUpstream(lab.Netns, "127.0.0.2", (q, _) => [Reply(q, 0, [A("xcorp.example", "192.0.2.2")])]));
        Own(new FakeUpstream(lab.Netns, "127.0.0.3", (q, _) => [Reply(q, 0, [A("git.corp.example", "192.0.2.3")])]));
        Assert.Equal(["192.0.2.3"], lab.Short("git.corp.example A"));
        Assert.Equal(["192.0.2.2"], lab.Short("xcorp.example A"));
        Assert.Equal(["192.0.2.9"], lab.Short("printer.office A"));
        Assert.Equal(["2001:db8::9"], lab.Short("printer.office AAAA"));
        Assert.Equal(["printer.office."], lab.Short("-x 192.0.2.9"));
    }

    [Fact]
    public void An_ExternalName_is_followed_to_the_outside()
    {
        var (lab, _) = With((q, _) => [Reply(q, 0, [("www.example.com", 5, 60, [.. Vitrine.Dns.Wire.WireName.Parse("edge.example.com")!]), A("edge.example.com", "192.0.2.1")])]);
        lab.Add(ServiceOf("web") with { Type = ServiceType.ExternalName, ExternalName = "www.example.com" });
        Assert.Equal(["192.0.2.1", "edge.example.com.", "www.example.com."], lab.Short("web.default.svc.cluster.local A"));
    }

    [Fact]
    public void Without_upstreams_other_names_are_refused_at_once()
    {
        var lab = Own(new DnsLab());
        Assert.Equal("REFUSED", lab.Status("www.example.com A"));
        lab.Add(ServiceOf("web") with { Type = ServiceType.ExternalName, ExternalName = "www.example.com" });
        Assert.Equal(["www.example.com."], lab.Short("web.default.svc.cluster.local A"));
    }

    [Fact]
    public void A_pods_search_list_is_followed_where_the_end_is_known()
    {
        var (lab, upstream) = With((q, _) => [Reply(q, 0, [A("www.example.com", "192.0.2.1")])]);
        lab.Add(ServiceOf("redis", "data") with { ClusterIPs = [IPAddress.Parse("10.96.7.7")] }).Add(ServiceOf("web"));
        var pod = new Pod { Namespace = "default", Name = "p", Uid = "p", SchedulerName = "", Requests = default, ClusterDns = true, Addresses = [V4] };
        // The client is the node itself here: what it asks from is the DNS address.
        lab.Update(lab.Snapshot with { Pods = lab.Snapshot.Pods.Add(pod.Key, pod) });
        Assert.Equal(["10.96.7.7", "redis.data.svc.cluster.local."], lab.Short("redis.data.default.svc.cluster.local A"));
        Assert.Equal("NOERROR", lab.Status("redis.data.default.svc.cluster.local AAAA"));
        Assert.Equal("NXDOMAIN", lab.Status("www.example.com.default.svc.cluster.local A"));
        Assert.Equal(["192.0.2.1"], lab.Short("www.example.com A"));
        Assert.Equal(["192.0.2.1", "www.example.com."], lab.Short("www.example.com.default.svc.cluster.local A"));
        Assert.Single(upstream.Seen);
        // Whatever no list leads to is denied as ever; so is another type, and another namespace's list.
        Assert.Equal("NXDOMAIN", lab.Status("nothing.default.svc.cluster.local A"));
        Assert.Equal("NXDOMAIN", lab.Status("data.default.svc.cluster.local A"));
        Assert.Equal("NXDOMAIN", lab.Status("redis.data.default.svc.cluster.local SRV"));
        Assert.Equal("NXDOMAIN", lab.Status("redis.data.data.svc.cluster.local A"));
        lab.Update(lab.Snapshot with { Pods = lab.Snapshot.Pods.SetItem(pod.Key, pod with { ClusterDns = false }) });
        Assert.Equal("NXDOMAIN", lab.Status("redis.data.default.svc.cluster.local A"));
    }

    public void Dispose()
    {
        for (var i = all.Count - 1; i >= 0; i--)
            all[i].Dispose();
    }

    private (DnsLab Lab, FakeUpstream Upstream) With(Func<byte[], bool, IEnumerable<byte[]>> script)
    {
        var lab = Own(new DnsLab(o => o with { Upstreams = [Upstream("127.0.0.2")] }));
        return (lab, Own(new FakeUpstream(lab.Netns, "127.0.0.2", script)));
    }

    private static IPEndPoint Upstream(string address) => new(IPAddress.Parse(address), 53);

    private T Own<T>(T thing) where T : IDisposable
    {
        all.Add(thing);
        return thing;
    }
}
