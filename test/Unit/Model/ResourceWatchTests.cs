using System.Net;
using System.Net.Sockets;
using k8s;
using k8s.Models;
using Vitrine.Model.Watching;
using Xunit;

namespace Vitrine.Unit.Model;

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
        script.Enqueue(("list", List("5", Map("a", "4"))));
        script.Enqueue(("resourceVersion=5", Event("ADDED", Map("b", "6")) + Event("BOOKMARK", """{"metadata":{"resourceVersion":"9"}}""")));
        script.Enqueue(("resourceVersion=9", Event("DELETED", Map("a", "10"))));
        var seen = await TakeAsync(3);
        Assert.Equal(["Replaced a", "Upserted b", "Deleted a"], seen);
    }

    [Fact]
    public async Task A_forgotten_version_means_a_new_list()
    {
        script.Enqueue(("list", List("5", Map("a", "4"))));
        script.Enqueue(("resourceVersion=5", Event("ERROR", """{"kind":"Status","code":410,"reason":"Expired"}""")));
        script.Enqueue(("list", List("20", Map("b", "15"))));
        script.Enqueue(("resourceVersion=20", null));
        script.Enqueue(("list", List("30", Map("c", "25"))));
        Assert.Equal(["Replaced a", "Replaced b", "Replaced c"], await TakeAsync(3));
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
            var fits = expect == "list" ? !query.Contains("watch", StringComparison.Ordinal) : query.Contains($"watch=1&allowWatchBookmarks=true&{expect}", StringComparison.Ordinal);
            asked.Add(fits || expect.Length == 0 ? query : $"unexpected {query}, wanted {expect}");
            context.Response.StatusCode = answer is null ? 410 : 200;
            await context.Response.OutputStream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(answer ?? ""));
            context.Response.Close();
        }
    }
}
