using System.Net;
using System.Net.Sockets;
using k8s;
using k8s.Models;
using Vitrine.Model.Watching;
using Xunit;

namespace Vitrine.Unit.Model.Watching;

public sealed class ResourceWatchTests : IAsyncDisposable
{
    private readonly HttpListener server = new();
    private readonly Queue<(string Expect, string? Answer)> script = new();
    private readonly List<string> asked = [];
    private readonly Kubernetes client;
    private readonly Task serving;

    public ResourceWatchTests()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            server.Prefixes.Add($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
        }

        server.Start();
        client = new Kubernetes(new KubernetesClientConfiguration { Host = server.Prefixes.Single() });
        serving = ServeAsync();
    }

    [Fact]
    public async Task It_lists_watches_and_goes_on_from_the_last_version_when_a_watch_ends()
    {
        script.Enqueue(("list ?limit=500&resourceVersion=0", List("5", Map("a", "4"))));
        script.Enqueue(("resourceVersion=5", Event("ADDED", Map("b", "6")) + Event("BOOKMARK", """{"metadata":{"resourceVersion":"9"}}""")));
        script.Enqueue(("resourceVersion=9", Event("DELETED", Map("a", "10"))));
        var seen = await TakeAsync(3);
        Assert.Equal(["Replaced a", "Upserted b", "Deleted a"], seen);
    }

    [Fact]
    public async Task A_forgotten_version_means_a_new_list_that_is_not_older()
    {
        script.Enqueue(("list ?limit=500&resourceVersion=0", List("5", Map("a", "4"))));
        script.Enqueue(("resourceVersion=5", Event("ERROR", """{"kind":"Status","code":410,"reason":"Expired"}""")));
        script.Enqueue(("list ?resourceVersion=5", List("20", Map("b", "15"))));
        script.Enqueue(("resourceVersion=20", null));
        script.Enqueue(("list ?resourceVersion=20", List("30", Map("c", "25"))));
        Assert.Equal(["Replaced a", "Replaced b", "Replaced c"], await TakeAsync(3));
    }

    [Fact]
    public async Task A_server_that_has_not_got_so_far_is_asked_for_what_is_newest()
    {
        script.Enqueue(("list ?limit=500&resourceVersion=0", List("50", Map("a", "4"))));
        script.Enqueue(("resourceVersion=50", null));
        script.Enqueue(("list ?resourceVersion=50", null));
        script.Enqueue(("list ?limit=500&resourceVersion=", List("7", Map("b", "6"))));
        Assert.Equal(["Replaced a", "Replaced b"], await TakeAsync(2));
    }

    [Fact]
    public async Task Pages_are_one_list()
    {
        script.Enqueue(("list ?limit=500&resourceVersion=0", """{"metadata":{"resourceVersion":"5","continue":"x y"},"items":[{"metadata":{"name":"a","resourceVersion":"1"}}]}"""));
        script.Enqueue(("list ?limit=500&continue=x%20y", List("5", Map("b", "2"))));
        script.Enqueue(("resourceVersion=5", Event("DELETED", Map("a", "10"))));
        Assert.Equal(["Replaced a b", "Deleted a"], await TakeAsync(2));
    }

    [Fact]
    public async Task It_ends_where_it_is_told_to()
    {
        var watch = new ResourceWatch<V1ConfigMap>(client, "api/v1/configmaps", "", TimeProvider.System) { EndsAt = s => s == HttpStatusCode.Gone };
        script.Enqueue(("list ?limit=500&resourceVersion=0", null));
        await foreach (var change in watch.RunAsync(_ => { }, TestContext.Current.CancellationToken))
            Assert.Fail($"{change}");
        Assert.Single(asked);
    }

    public async ValueTask DisposeAsync()
    {
        server.Stop();
        await serving;
        client.Dispose();
    }

    private static string Map(string name, string version) => $$$"""{"metadata":{"name":"{{{name}}}","resourceVersion":"{{{version}}}"}}""";

    private static string List(string version, string item) => $$$"""{"metadata":{"resourceVersion":"{{{version}}}"},"items":[{{{item}}}]}""";

    private static string Event(string type, string body) => $$"""{"type":"{{type}}","object":{{body}}}""" + "\n";

    private async Task<string[]> TakeAsync(int count)
    {
        var seen = new List<string>();
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await foreach (var change in new ResourceWatch<V1ConfigMap>(client, "api/v1/configmaps", "", TimeProvider.System).RunAsync(_ => { }, stop.Token))
        {
            seen.Add($"{change.Kind} {string.Join(' ', change.Objects.Select(o => o.Metadata.Name))}");
            if (seen.Count == count)
            {
                break;
            }
        }

        Assert.All(asked, a => Assert.DoesNotContain("unexpected", a, StringComparison.Ordinal));
        return [.. seen];
    }

    /// <summary>Answers the requests in the order of the script; null is a 410.</summary>
    private async Task ServeAsync()
    {
        while (server.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await server.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or InvalidOperationException)
            {
                return;
            }

            var query = context.Request.Url!.Query;
            var (expect, answer) = script.TryDequeue(out var next) ? next : ("", null);
            var fits = expect.StartsWith("list ", StringComparison.Ordinal) ? query == expect["list ".Length..] : query.Contains($"watch=1&allowWatchBookmarks=true&{expect}", StringComparison.Ordinal);
            asked.Add(fits || expect.Length == 0 ? query : $"unexpected {query}, wanted {expect}");
            context.Response.StatusCode = answer is null ? 410 : 200;
            await context.Response.OutputStream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(answer ?? ""));
            context.Response.Close();
        }
    }
}
