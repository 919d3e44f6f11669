using System.Collections.Immutable;
using CsCheck;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Model.Plans.Gateway.Matching;
using Xunit;

namespace Vitrine.Unit.Model.Gateway;

public sealed class GatewayIndexTests
{
    private static readonly string[] Hosts = ["*", "*.example.com", "shop.example.com", "*.shop.example.com", "example.com", "*.com"];
    private static readonly string[] Asked = ["", "example.com", "shop.example.com", "SHOP.example.com.", "a.shop.example.com", "b.a.shop.example.com", "x.org", ".example.com", "com"];
    private static readonly string[] Paths = ["/", "/a", "/a/", "/a/b", "/ab", "/a//b", "/a/b/c", "/A"];
    private static readonly PathMatch[] Matches =
        [.. Paths.SelectMany(p => new[] { new PathMatch(PathKind.Exact, p), new PathMatch(PathKind.Prefix, p) }), new(PathKind.Regex, "/a(/|$)(.*)"), new(PathKind.Regex, "(?i)/a"), new(PathKind.Regex, "(?=x)")];

    private static readonly Gen<RouteRule> Rule = Gen.Select(Of(Matches), Gen.Int[0, 5], Gen.Int[0, 2], Gen.Int[0, 9999], (path, method, value, number) => new RouteRule(
        new RuleSource("Ingress", "default", $"r{number}"),
        new RequestMatch
        {
            Path = path, Method = method == 0 ? "POST" : null,
            Headers = method == 1 ? [new ValueMatch("X-Canary", value == 0 ? "always" : "a.*", value > 0)] : [],
            Query = method == 2 ? [new ValueMatch("q", $"{value}")] : [],
            Cookies = method == 3 ? [new ValueMatch("c", "always")] : [],
        }));

    private static Gen<T> Of<T>(T[] all) => Gen.Int[0, all.Length - 1].Select(i => all[i]);

    /// <summary>The tables of the index may not change what walking the rules one by one says.</summary>
    [Fact]
    public void The_choice_is_the_one_rule_that_its_explanation_calls_chosen() =>
        Gen.Select(Gen.Select(Rule.Array[0, 8], Gen.Bool).Array[Hosts.Length], Of(Asked), Of(Paths), Gen.Int[0, 15]).Sample((hosts, host, path, what) =>
        {
            var listener = new PlannedListener("l", 80, 80, ListenerProtocol.Http)
            {
                Hosts = [.. hosts.Index().Where(h => h.Item.Item1.Length > 0).Select(h => new VirtualHost(Hosts[h.Index], h.Item.Item2, [.. h.Item.Item1]))],
            };
            var index = GatewayIndex.Compile(new GatewayPlan { Listeners = [listener] });
            var values = new FakeValues();
            if ((what & 1) > 0)
                values.Headers["x-canary"] = "always";
            if ((what & 2) > 0)
                values.Parameters["q"] = "1";
            if ((what & 4) > 0)
                values.Cookies["c"] = "always";
            var request = new RequestShape(host, path, (what & 8) > 0 ? "POST" : "GET", values);
            var chosen = index.Choose("l", request);
            var explained = index.Explain("l", request);
            Assert.Equal(listener.Hosts.Sum(h => h.Rules.Length), explained.Length);
            Assert.Same(chosen.Rule, explained.SingleOrDefault(v => v.Outcome == RuleOutcome.Chosen)?.Rule);
            Assert.Same(Plain(listener, host.TrimEnd('.'), path, (what & 8) > 0 ? "POST" : "GET", values), chosen.Rule);
        }, iter: 20_000);

    /// <summary>The same, said as plainly as possible and with nothing of the index.</summary>
    private static RouteRule? Plain(PlannedListener listener, string host, string path, string method, FakeValues values)
    {
        bool Fits(VirtualHost v) => v.Host == "*" || string.Equals(v.Host, host, StringComparison.OrdinalIgnoreCase)
            || (v.Host[0] == '*' && host.Length >= v.Host.Length && host.EndsWith(v.Host[1..], StringComparison.OrdinalIgnoreCase) && (!v.OneLabel || !host[..^(v.Host.Length - 1)].Contains('.')));
        var best = listener.Hosts.Where(Fits).OrderByDescending(v => v.Host[0] == '*' ? v.Host.Length : 1000).FirstOrDefault();
        return best?.Rules.FirstOrDefault(r => OnPath(r.Match.Path) && r.Match.Method is var m && (m is null || m == method)
            && r.Match.Headers.All(h => values.Header(h.Name) is { } v && (h.Regex ? v.StartsWith('a') : v == h.Value))
            && r.Match.Query.All(q => values.Query(q.Name) == q.Value) && r.Match.Cookies.All(c => values.Cookie(c.Name) == c.Value));

        bool OnPath(PathMatch match) => match.Kind switch
        {
            PathKind.Exact => match.Value == path,
            PathKind.Prefix => (path + "/").StartsWith(match.Value.TrimEnd('/') + "/", StringComparison.Ordinal),
            _ => match.Value[1] == 'a' ? path == "/a" || path.StartsWith("/a/", StringComparison.Ordinal) : match.Value[1] == '?' && match.Value[2] == 'i' && path.Equals("/a", StringComparison.OrdinalIgnoreCase),
        };
    }

    [Theory]
    [InlineData("/foo", "/foo", true)]
    [InlineData("/foo", "/foo/", true)]
    [InlineData("/foo/", "/foo", true)]
    [InlineData("/aaa/bb", "/aaa/bbb", false)]
    [InlineData("/aaa/bbb/", "/aaa/bbb/ccc", true)]
    [InlineData("/aaa/bbb", "/aaa/bbbxyz", false)]
    [InlineData("/", "/ccc", true)]
    [InlineData("/aaa", "/ccc", false)]
    public void A_prefix_matches_element_by_element(string prefix, string path, bool fits) =>
        Assert.Equal(fits, Only(new PathMatch(PathKind.Prefix, prefix)).Choose("l", new RequestShape("x", path, "GET", new FakeValues())).Rule is not null);

    [Fact]
    public void A_loser_says_what_it_wanted_and_what_there_was()
    {
        var verdict = Assert.Single(Only(new PathMatch(PathKind.Exact, "/card")).Explain("l", new RequestShape("x", "/cart", "GET", new FakeValues())));
        Assert.Equal(RuleOutcome.Path, verdict.Outcome);
        Assert.Equal("path must be /card exactly, not /cart", verdict.Detail);
    }

    [Fact]
    public void Choosing_allocates_nothing()
    {
        var index = Only([.. Enumerable.Range(0, 5000).Select(i => new PathMatch(i % 2 == 0 ? PathKind.Exact : PathKind.Prefix, $"/p{i}"))]).Find("l")!;
        var values = new FakeValues();
        Choose();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            Choose();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Choose() => Assert.True(index.Choose(new RequestShape("x", "/p4001/x", "GET", values)).Rule is not null);
    }

    [Fact]
    public void Hosts_that_stay_the_same_are_not_indexed_again()
    {
        var first = Only(PathMatch.All);
        var same = GatewayIndex.Compile(first.Plan with { Upstreams = first.Plan.Upstreams.Add("a", new Upstream("a", "a", 1, UpstreamProtocol.Http)) }, first);
        Assert.Same(first.Find("l"), same.Find("l"));
    }

    [Fact]
    public void A_certificate_is_found_by_name_then_wildcard_of_one_label_then_the_default()
    {
        var listener = new PlannedListener("l", 443, 443, ListenerProtocol.Https)
        {
            Certificates = [new(["*"], "d/default", "", ""), new(["*.example.com"], "d/wild", "", ""), new(["a.example.com"], "d/a", "", "")],
        };
        var index = GatewayIndex.Compile(new GatewayPlan { Listeners = [listener] }).Find("l")!;
        Assert.Equal(["d/a", "d/wild", "d/default", "d/default"], new[] { "A.example.com", "b.example.com", "c.b.example.com", "" }.Select(n => index.Certificate(n)!.Secret));
    }

    private static GatewayIndex Only(params PathMatch[] paths) => GatewayIndex.Compile(new GatewayPlan
    {
        Listeners = [new PlannedListener("l", 80, 80, ListenerProtocol.Http) { Hosts = [new VirtualHost("*", true, [.. paths.Select(p => new RouteRule(new RuleSource("Ingress", "d", "i"), new RequestMatch { Path = p }))])] }],
    });
}
