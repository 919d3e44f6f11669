using System.Collections.Immutable;
using k8s;
using Vitrine.Model.Snapshot;
using Vitrine.Model.Watching;
using Vitrine.Unit.Control;
using Xunit;

namespace Vitrine.Unit.Model;

/// <summary>An agent's watch that knows what the one before it knew.</summary>
public sealed class EarlierTests
{
    private const WatchedKinds Kinds = WatchedKinds.Services | WatchedKinds.Namespaces;
    private static readonly ClusterSnapshot Earlier = ClusterSnapshot.Empty with { Services = ImmutableDictionary<string, Service>.Empty.Add("default/gone", new Service { Namespace = "default", Name = "gone", Uid = "u" }) };

    [Fact]
    public async Task Who_asked_for_it_has_the_earlier_cluster_while_the_API_is_away_and_others_wait()
    {
        using var client = new Kubernetes(new KubernetesClientConfiguration { Host = "http://127.0.0.1:1" });
        var watch = new AgentWatch(client, "n0", _ => { }, TimeProvider.System) { Earlier = Earlier };
        var (either, strict) = (watch.Subscribe(Kinds, orEarlier: true), watch.Subscribe(Kinds));
        using var stop = new CancellationTokenSource();
        var running = watch.RunAsync(stop.Token);
        Assert.Null(either.Take());
        Assert.True(await either.Signal.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20)));
        var (snapshot, changed) = either.Take()!.Value;
        Assert.Same(Earlier, snapshot);
        Assert.Equal("default/gone", Assert.Single(changed));
        Assert.Empty(either.Take()!.Value.Changed);
        Assert.Null(strict.Take());
        await stop.CancelAsync();
        await running.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    [Fact]
    public async Task What_went_meanwhile_counts_as_changed_once_the_API_answers()
    {
        await using var plane = await ControlPlane.StartAsync(1);
        var away = new Gate();
        using var client = plane.Connect(away);
        var watch = new AgentWatch(client, "n0", _ => { }, TimeProvider.System) { Earlier = Earlier };
        var feed = watch.Subscribe(Kinds, orEarlier: true);
        using var stop = new CancellationTokenSource();
        var running = watch.RunAsync(stop.Token);
        await plane.UntilAsync("the earlier one", () => Task.FromResult(feed.Take() is { } taken && ReferenceEquals(taken.Snapshot, Earlier)));
        away.Open = true;
        HashSet<string> changed = [];
        await plane.UntilAsync("the API's", () => Task.FromResult(feed.Take() is { } taken && !ReferenceEquals(taken.Snapshot, Earlier) && (changed = taken.Changed).Count > 0));
        Assert.Contains("default/gone", changed);
        await stop.CancelAsync();
        await running.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private sealed class Gate : DelegatingHandler
    {
        private volatile bool open;

        public bool Open { set => open = value; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct) => open ? base.SendAsync(request, ct) : throw new HttpRequestException("away");
    }
}
