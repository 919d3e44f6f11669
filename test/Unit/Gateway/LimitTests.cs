using System.Net;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Vitrine.Unit.Gateway;

/// <summary>A Service says how many requests one of its endpoints may have at a time.</summary>
public sealed class LimitTests
{
    [Fact]
    public async Task A_request_too_many_for_one_endpoint_goes_to_another_and_one_too_many_for_all_is_told_to_come_again()
    {
        var held = new TaskCompletionSource();
        Task Hold(HttpContext _) => held.Task;
        await using var one = await FakeBackend.StartAsync("one", Hold);
        await using var other = await FakeBackend.StartAsync("other", Hold);
        await using var gateway = await TestGateway.StartAsync();
        await gateway.ServeAsync([TestGateway.Rule("/", "web")], [TestGateway.Upstream("web", one, other) with { MaxRequests = 2 }]);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var under = Enumerable.Range(0, 4).Select(_ => client.GetAsync(gateway.Url)).ToArray();
        await TestGateway.UntilAsync(() => one.Requests.Count == 2 && other.Requests.Count == 2);

        using var refused = await client.GetAsync(gateway.Url);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "1"), (refused.StatusCode, refused.Headers.RetryAfter?.ToString()));
        Assert.Contains("as many requests as it may have", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        held.SetResult();
        foreach (var answer in await Task.WhenAll(under))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var again = await client.GetAsync(gateway.Url);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }
}
