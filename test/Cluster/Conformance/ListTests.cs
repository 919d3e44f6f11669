using System.Text.Json.Nodes;
using Xunit;

namespace Vitrine.Cluster.Conformance;

/// <summary>Selectors, and lists in pieces that stay one list while others write.</summary>
public sealed class ListTests(SharedCluster cluster) : IDisposable
{
    private readonly Api api = new(cluster);

    public void Dispose() => api.Dispose();

    [Theory]
    [InlineData("labelSelector=app%3Dweb", "a b")]
    [InlineData("labelSelector=app%3D%3Dweb,tier%3Dfront", "a")]
    [InlineData("labelSelector=app!%3Dweb", "c d")]
    [InlineData("labelSelector=app", "a b c")]
    [InlineData("labelSelector=!app", "d")]
    [InlineData("labelSelector=app+in+(web,db)", "a b c")]
    [InlineData("labelSelector=app+notin+(web)", "c d")]
    [InlineData("labelSelector=level+%3E+1", "b")]
    [InlineData("labelSelector=level+%3C+2", "a")]
    [InlineData("fieldSelector=metadata.name%3Da", "a")]
    [InlineData("fieldSelector=metadata.name!%3Da", "b c d")]
    [InlineData("fieldSelector=metadata.name%3Da&labelSelector=app%3Ddb", "")]
    public async Task A_selector_chooses(string query, string names)
    {
        var all = await FourAsync();
        Assert.Equal(names, string.Join(' ', (await api.GetAsync($"{all}?{query}")).Names.Where(static n => n.Length == 1)));
    }

    [Theory]
    [InlineData("labelSelector=a%3Db%3Dc")]
    [InlineData("labelSelector=in+(")]
    [InlineData("fieldSelector=data.x%3D1")]
    [InlineData("fieldSelector=nonsense")]
    [InlineData("limit=many")]
    [InlineData("continue=nonsense")]
    [InlineData("resourceVersion=nonsense")]
    public async Task A_query_that_means_nothing_is_refused(string query)
    {
        var reply = await api.GetAsync($"api/v1/namespaces/default/configmaps?{query}");
        Assert.True(reply.Code is 400 or 422, reply.Body.ToJsonString());
        Assert.NotEmpty(reply.Message);
    }

    [Fact]
    public async Task Pieces_of_a_list_are_of_one_moment_while_others_write()
    {
        var ns = await cluster.NamespaceAsync("conf-pages");
        var all = $"api/v1/namespaces/{ns}/secrets";
        await Task.WhenAll(Enumerable.Range(0, 40).Select(async i => (await api.PostAsync(all, $$$"""{"metadata":{"name":"s{{{i:00}}}"}}""")).Must(201)));

        using var over = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            for (var i = 0; !over.IsCancellationRequested; i++)
            {
                (await api.DeleteAsync($"{all}/s{i % 40:00}")).Must(200);
                (await api.PostAsync(all, $$$"""{"metadata":{"name":"s{{{i % 40:00}}}","labels":{"new":"y"} }}""")).Must(201);
            }
        });
        for (var round = 0; round < 5; round++)
        {
            List<string> names = [];
            HashSet<string> versions = [];
            var next = "";
            do
            {
                var page = await api.GetAsync($"{all}?limit=7&continue={Uri.EscapeDataString(next)}");
                page.Must(200);
                names.AddRange(page.Names);
                versions.Add(page.Version);
                Assert.True(page.Names.Count() <= 7);
                next = (string?)page.Metadata["continue"] ?? "";
                if (next.Length > 0)
                {
                    Assert.True((int?)page.Metadata["remainingItemCount"] > 0);
                }
            }
            while (next.Length > 0);
            // One is between its deletion and its making at most.
            Assert.InRange(names.Count, 39, 40);
            Assert.Equal(names.Count, names.Distinct().Count());
            Assert.Equal(names.Order(StringComparer.Ordinal), names);
            Assert.Single(versions);
        }

        await over.CancelAsync();
        await writer;
    }

    [Fact]
    public async Task A_version_says_how_fresh_a_list_must_be()
    {
        var now = (await api.GetAsync("api/v1/namespaces/default/configmaps")).Version;
        (await api.GetAsync($"api/v1/namespaces/default/configmaps?resourceVersion=0")).Must(200);
        (await api.GetAsync($"api/v1/namespaces/default/configmaps?resourceVersion={now}&resourceVersionMatch=NotOlderThan")).Must(200);
        (await api.GetAsync($"api/v1/namespaces/default/configmaps?resourceVersion={now}&resourceVersionMatch=Exact&limit=1")).Must(200);
        (await api.GetAsync($"api/v1/namespaces/default/configmaps?resourceVersionMatch=Exact")).Must(422);
        (await api.GetAsync($"api/v1/namespaces/default/configmaps?resourceVersion={now}&resourceVersionMatch=Nonsense")).Must(422);
        (await api.GetAsync($"api/v1/namespaces/default/configmaps?resourceVersion={long.Parse(now, System.Globalization.CultureInfo.InvariantCulture) + 1000000}")).Fails(504, "Timeout");
    }

    private async Task<string> FourAsync()
    {
        var ns = await cluster.NamespaceAsync($"conf-select-{Guid.NewGuid().ToString("N")[..8]}");
        var all = $"api/v1/namespaces/{ns}/configmaps";
        foreach (var (name, labels) in new[] { ("a", """{"app":"web","tier":"front","level":"1"}"""), ("b", """{"app":"web","level":"2"}"""), ("c", """{"app":"db"}"""), ("d", "{}") })
        {
            var reply = await api.PostAsync(all, $$$"""{"metadata":{"name":"{{{name}}}","labels":{{{labels}}}}}""");
            Assert.True(reply.Code is 201 or 409, reply.Body.ToJsonString());
        }

        return all;
    }
}
