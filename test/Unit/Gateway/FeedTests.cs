using System.Collections.Immutable;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Vitrine.Gateway.Feed;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Gateway;
using Xunit;

namespace Vitrine.Unit.Gateway;

public sealed class FeedTests
{
    [Fact]
    public void Any_plan_comes_out_of_any_other_by_its_patch() =>
        Gen.Select(Plans, Plans).Sample((before, after) =>
        {
            var patch = PlanPatch.Between(before, after);
            var sent = System.Text.Json.JsonSerializer.Deserialize(System.Text.Json.JsonSerializer.Serialize(patch, FeedJson.Default.PlanPatch), FeedJson.Default.PlanPatch)!;
            return Text(sent.Apply(before)) == Text(after with { Problems = [] });
        });

    [Fact]
    public void One_changed_route_of_thousands_is_one_routes_bytes()
    {
        var before = Large(5000);
        var listener = before.Listeners[0];
        var after = before with { Listeners = [listener with { Hosts = listener.Hosts.SetItem(2500, new VirtualHost("host-2500.example", false, [TestGateway.Rule("/new", "up-1")])) }] };
        var patch = PlanPatch.Between(before, after);
        Assert.InRange(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(patch, FeedJson.Default.PlanPatch).Length, 100, 2000);
        var applied = patch.Apply(before);
        Assert.Same(before.Listeners[0].Hosts[4999], applied.Listeners[0].Hosts[4999]);
        Assert.Equal("/new", applied.Listeners[0].Hosts[2500].Rules[0].Match.Path.Value);
    }

    [Fact]
    public void Listeners_with_the_same_hosts_are_told_them_once()
    {
        var one = Large(100);
        var both = one with { Listeners = [one.Listeners[0], one.Listeners[0] with { Name = "ingress:8443", Port = 8443 }] };
        var patch = PlanPatch.Between(GatewayPlan.Empty, both);
        Assert.Equal([100, 0], patch.Changed.Select(c => c.Hosts.Items.Length));
        var applied = patch.Apply(GatewayPlan.Empty);
        Assert.True(applied.Listeners[0].Hosts == applied.Listeners[1].Hosts);
        Assert.Throws<FormatException>(() => (patch with { Changed = [patch.Changed[1]] }).Apply(GatewayPlan.Empty));
        // Their ways part again.
        var apart = both with { Listeners = [one.Listeners[0], both.Listeners[1] with { Hosts = [one.Listeners[0].Hosts[7]] }] };
        Assert.Equal("host-7.example", Assert.Single(PlanPatch.Between(both, apart).Apply(applied).Listeners[1].Hosts).Host);
    }

    [Fact]
    public void Equal_content_in_other_instances_is_no_change()
    {
        var patch = PlanPatch.Between(Large(50), Large(50));
        Assert.Equal((0, 0), (patch.Changed.Sum(c => c.Hosts.Items.Length + c.Certificates.Items.Length), patch.Upstreams.Length));
    }

    [Fact]
    public void Every_filter_survives_the_way()
    {
        RouteFilter[] filters =
        [
            new AllowListFilter(["10.0.0.0/8"], true), new BasicAuthFilter("r", ImmutableDictionary<string, string>.Empty.Add("a", "b")), new BodySizeFilter(7), new CorsFilter { Origins = ["*"] },
            new HeaderFilter(true) { Set = [new("a", "b")] }, new MirrorFilter("u", 1, 3), new RedirectFilter(301, Path: new PathModifier(PathModifierKind.Full, "/x")), new RewriteFilter("h"),
        ];
        Assert.Equal(typeof(RouteFilter).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(RouteFilter))).Select(t => t.Name).Order(), filters.Select(f => f.GetType().Name).Order());
        var rule = TestGateway.Rule("/", "u") with
        {
            Filters = [.. filters], Timeouts = new RouteTimeouts(TimeSpan.FromSeconds(3)), Retry = new RouteRetry(2, [503], TimeSpan.FromMilliseconds(5)), Affinity = new RouteAffinity("c"), Unavailable = 500,
        };
        var host = new VirtualHost("*", false, [rule]);
        var read = System.Text.Json.JsonSerializer.Deserialize(System.Text.Json.JsonSerializer.Serialize(host, FeedJson.Default.VirtualHost), FeedJson.Default.VirtualHost)!;
        Assert.True(FeedJson.Same(host, read, FeedJson.Default.VirtualHost));
        Assert.Equal(filters.Select(f => f.GetType()), read.Rules[0].Filters.Select(f => f.GetType()));
        Assert.Equal(rule.Retry!.Backoff, read.Rules[0].Retry!.Backoff);
    }

    [Fact]
    public async Task The_proxy_keeps_its_plan_while_the_agent_is_away_and_gets_all_of_it_when_it_comes_back()
    {
        using var folder = new Folder();
        var socket = Path.Combine(folder.Path, "gateway.sock");
        var applied = new List<GatewayPlan>();
        using var stop = new CancellationTokenSource();
        var receiver = new PlanReceiver(socket, (plan, _) => { lock (applied) applied.Add(plan); return Task.FromResult(ImmutableArray<string>.Empty); }, NullLogger.Instance).RunAsync(stop.Token);
        var (first, second) = (Large(3), Large(4));
        using (var gone = new CancellationTokenSource())
        {
            var sender = new PlanSender(socket, NullLogger<PlanSender>.Instance, TimeProvider.System);
            var running = sender.RunAsync(gone.Token);
            sender.Send(first);
            await TestGateway.UntilAsync(() => ReferenceEquals(sender.Served, first));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(socket));
            sender.Send(second);
            await TestGateway.UntilAsync(() => ReferenceEquals(sender.Served, second));
            await gone.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        Assert.Equal([Text(first), Text(second)], applied.Select(Text));
        var next = new PlanSender(socket, NullLogger<PlanSender>.Instance, TimeProvider.System);
        next.Send(first);
        var again = next.RunAsync(stop.Token);
        await TestGateway.UntilAsync(() => ReferenceEquals(next.Served, first));
        Assert.Equal(Text(first), Text(applied[^1]));
        await stop.CancelAsync();
        await Task.WhenAll(receiver, again).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        Assert.False(File.Exists(socket));
    }

    [Fact]
    public async Task A_proxy_that_comes_back_is_sent_the_whole_plan()
    {
        using var folder = new Folder();
        var socket = Path.Combine(folder.Path, "gateway.sock");
        using var stop = new CancellationTokenSource();
        var sender = new PlanSender(socket, NullLogger<PlanSender>.Instance, TimeProvider.System);
        var running = sender.RunAsync(stop.Token);
        var plan = Large(3);
        sender.Send(plan);
        for (var life = 0; life < 2; life++)
        {
            GatewayPlan? got = null;
            using var death = new CancellationTokenSource();
            var receiver = new PlanReceiver(socket, (p, _) => { got = p; return Task.FromResult<ImmutableArray<string>>(["port 80 is taken"]); }, NullLogger.Instance).RunAsync(death.Token);
            await TestGateway.UntilAsync(() => ReferenceEquals(sender.Served, plan));
            Assert.Equal(Text(plan), Text(got!));
            Assert.Equal(["port 80 is taken"], sender.Failures);
            await death.CancelAsync();
            await receiver.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            await TestGateway.UntilAsync(() => sender.Served is null);
        }
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Fact]
    public void A_patch_that_does_not_fit_is_refused() =>
        Assert.Throws<FormatException>(() => new ListPatch<VirtualHost> { Runs = [3, 5] }.Apply([new VirtualHost("a", false, [])]));

    public static GatewayPlan Large(int hosts) => TestGateway.Plan(
        [
            new PlannedListener("ingress:443", 443, 8443, ListenerProtocol.Https)
            {
                Hosts = [.. Enumerable.Range(0, hosts).Select(i => new VirtualHost($"host-{i}.example", false, [TestGateway.Rule("/", $"up-{i}")]))],
                Certificates = [new ServerCertificate(["*"], "default/tls", "chain", "key")],
            },
        ],
        Enumerable.Range(0, hosts).Select(i => TestGateway.Upstream($"up-{i}") with { Endpoints = [new UpstreamEndpoint($"10.0.{i >> 8}.{i & 255}", 80, null, null)] }));

    private static readonly Gen<GatewayPlan> Plans =
        from hosts in Gen.Int[0, 6].Array[0, 6]
        from versions in Gen.Int[0, 2].Array[6]
        from listeners in Gen.Int[0, 3]
        select TestGateway.Plan(
            Enumerable.Range(0, listeners).Select(l => new PlannedListener($"l{l}", l, l + versions[l], ListenerProtocol.Https)
            {
                Hosts = [.. hosts.Distinct().Select(h => new VirtualHost($"h{h}", false, [TestGateway.Rule($"/{versions[h % 6]}", "u")]))],
                Certificates = [.. hosts.Select(h => new ServerCertificate([$"h{h}"], $"ns/{h}", $"{versions[h % 6]}", "key"))],
                Passthrough = [.. hosts.Reverse().Distinct().Select(h => new PassthroughRoute(new RuleSource("TLSRoute", "a", $"{h}"), $"h{h}", [new WeightedBackend("u", versions[h % 6])]))],
            }),
            hosts.Distinct().Select(h => TestGateway.Upstream($"u{h}") with { Port = versions[h % 6] }));

    private static string Text(GatewayPlan plan) => System.Text.Json.JsonSerializer.Serialize(PlanPatch.Between(GatewayPlan.Empty, plan), FeedJson.Default.PlanPatch)
        + string.Join(' ', plan.Upstreams.Keys.Order());

    private sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("gateway-").FullName;

        public void Dispose() => Directory.Delete(Path, true);
    }
}
