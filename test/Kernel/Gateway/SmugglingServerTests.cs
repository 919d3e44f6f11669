using System.Net;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Unit.Gateway;
using Xunit;

namespace Vitrine.Kernel.Gateway;

/// <summary>The smuggling grid in front of servers that read HTTP each in its own way.</summary>
public sealed class SmugglingServerTests
{
    [Theory]
    [InlineData("nginx")]
    [InlineData("haproxy")]
    [InlineData("apache2")]
    [InlineData("python3")]
    public async Task No_hidden_request_reaches_the_server_and_no_client_gets_anothers_answer(string name)
    {
        using var server = new DebianServer(name, TestGateway.FreePort());
        await using var gateway = await TestGateway.StartAsync();
        await gateway.ServeAsync([TestGateway.Rule("/", "web")], [new Upstream("web", "default/web", 80, UpstreamProtocol.Http) { Endpoints = [new UpstreamEndpoint("127.0.0.1", server.Port, null, null)] }]);
        using var client = new HttpClient();
        var number = 0;
        foreach (var (attack, bytes) in SmugglingGrid.Cases)
        {
            await gateway.RawAsync(bytes, 0.2);
            // Whoever comes next over the same connections gets the answer to what they asked.
            for (var i = 0; i < 3; i++)
            {
                using var answer = await client.GetAsync(new Uri(gateway.Url, $"/next-{++number}"));
                Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound, $"{attack}: {answer.StatusCode}");
                Assert.Equal($"/next-{number}", Assert.Single(answer.Headers.GetValues("X-Uri")));
            }
        }
        await TestGateway.UntilAsync(() => server.Read.Any(l => l.Contains($"/next-{number} ", StringComparison.Ordinal)));
        Assert.DoesNotContain(server.Read, l => l.Contains("smuggled", StringComparison.Ordinal));
        Assert.InRange(gateway.Server.Meter.PlainTries, number, long.MaxValue);
    }
}
