using System.Collections.Concurrent;
using System.Net;
using System.Text;
using k8s;
using Vitrine.Model.Snapshot;
using Vitrine.Model.Watching;
using Vitrine.Unit.ApiServer.Definitions;
using Vitrine.Unit.Control;
using Xunit;

namespace Vitrine.Unit.Model.Watching;

/// <summary>Kinds that come and go, against a real API server.</summary>
public sealed class OptionalKindsTests : BesideControlPlane
{
    private const string Definitions = "apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    private readonly Asked asked = new();
    private readonly ConcurrentQueue<string> seen = [];

    public override async ValueTask InitializeAsync()
    {
        await StartAsync(0, asked);
        var kinds = new OptionalKinds(client, _ => { }, TimeProvider.System, new ApiDoor(TimeProvider.System));
        running = Task.WhenAll(kinds.RunAsync(stop.Token), CollectAsync(kinds));
    }

    [Fact]
    public async Task A_kind_is_watched_once_somebody_installs_it_and_forgotten_when_he_takes_it_away()
    {
        await UntilAsync("Replaced ");
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        Assert.Single(asked.Paths, p => p == "/apis/test.example/v1");

        await PostAsync(Definitions, $"{Definition.Widgets()}");
        await plane.UntilAsync("the kind", async () => (await client.HttpClient.GetAsync(new Uri(client.BaseUri, "apis/test.example/v1/widgets"))).IsSuccessStatusCode);
        await PostAsync("apis/test.example/v1/namespaces/default/widgets", """{"apiVersion":"test.example/v1","kind":"Widget","metadata":{"name":"a"},"spec":{"image":"x"}}""");
        await plane.UntilAsync("the widget", () => Task.FromResult(seen.Last() is "Upserted a" or "Replaced a"));

        using var gone = await client.HttpClient.DeleteAsync(new Uri(client.BaseUri, $"{Definitions}/widgets.test.example"));
        gone.EnsureSuccessStatusCode();
        await plane.UntilAsync("its going", () => Task.FromResult(seen.Last() is "Deleted a" or "Replaced "));
    }

    private Task UntilAsync(string last) => plane.UntilAsync($"'{last}'", () => Task.FromResult(seen.LastOrDefault() == last));

    private async Task CollectAsync(OptionalKinds kinds)
    {
        await foreach (var change in kinds.WatchAsync("test.example", "v1", "widgets", e => e.Part("metadata").Text("name"), refusedIsNone: false, stop.Token))
            seen.Enqueue($"{change.Kind} {string.Join(' ', change.Objects)}");
    }

    private async Task PostAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await client.HttpClient.PostAsync(new Uri(client.BaseUri, path), content);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
    }

    private sealed class Asked : DelegatingHandler
    {
        public ConcurrentBag<string> Paths { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Paths.Add(request.RequestUri!.AbsolutePath);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
