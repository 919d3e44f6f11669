using System.Diagnostics;
using Vitrine.ApiServer.Kinds;
using Vitrine.Unit.ApiServer.Verbs;
using Xunit;

namespace Vitrine.Unit.ApiServer.Queues;

/// <summary>One user who asks without end, and everybody else beside him.</summary>
public sealed class FloodTests(ITestOutputHelper output)
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    [Fact]
    public async Task Nodes_and_others_are_served_beside_a_flood()
    {
        await using var server = await TestServer.StartAsync(kinds: KindList.All);
        await server.PostAsync("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", """{"metadata":{"name":"people"},"roleRef":{"kind":"ClusterRole","name":"view"},"subjects":[{"kind":"Group","name":"people"}]}""");
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => server.PostAsync(Maps, $$$"""{"metadata":{"name":"c{{{i}}}"},"data":{"k":"{{{new string('x', 2000)}}}"}}""")));
        HttpClient flood = server.User("flood"), eve = server.User("eve"), node = server.User("system:node:a", "system:nodes");
        using var stop = new CancellationTokenSource();
        var (served, refused) = (0, 0);
        var flooding = Enumerable.Range(0, 900).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    using var answer = await flood.GetAsync(Maps, stop.Token);
                    _ = (int)answer.StatusCode == 429 ? Interlocked.Increment(ref refused) : Interlocked.Increment(ref served);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        })).ToArray();
        await Task.Delay(500);
        var worst = TimeSpan.Zero;
        for (var i = 0; i < 20; i++)
        {
            foreach (var (client, path) in ((HttpClient, string)[])[(eve, $"{Maps}/c1"), (node, "/api/v1/services")])
            {
                var since = Stopwatch.GetTimestamp();
                Assert.Equal(200, (await TestServer.AskAsync(client, HttpMethod.Get, path)).Code);
                worst = Stopwatch.GetElapsedTime(since) is var took && took > worst ? took : worst;
            }
        }
        await stop.CancelAsync();
        await Task.WhenAll(flooding);
        output.WriteLine($"flood: {served} served, {refused} refused; the others waited {worst.TotalMilliseconds:0} ms at most");
        Assert.True(refused > 0, "the flood was no flood");
        Assert.True(worst < TimeSpan.FromSeconds(10), $"{worst}");
    }
}
