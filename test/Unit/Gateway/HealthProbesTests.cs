using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Vitrine.Gateway.Forwarding;
using Vitrine.Gateway.Serving;
using Vitrine.Model.Plans.Gateway;
using Xunit;

namespace Vitrine.Unit.Gateway;

/// <summary>The proxy asks endpoints how they are, so that no client has to.</summary>
public sealed class HealthProbesTests : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly UpstreamClients clients = new();
    private Task probing = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await probing;
        clients.Dispose();
        stop.Dispose();
    }

    [Fact]
    public async Task An_endpoint_that_takes_connections_again_does_not_rest_to_the_end()
    {
        await using var back = await FakeBackend.StartAsync("back");
        var endpoint = Probe(TestGateway.Upstream("web", back));
        for (var i = 0; i < 7; i++)
            endpoint.Refused(TimeProvider.System);
        Assert.False(endpoint.IsUp(TimeProvider.System.GetTimestamp() + 20 * TimeProvider.System.TimestampFrequency));
        await TestGateway.UntilAsync(() => endpoint.IsUp(TimeProvider.System.GetTimestamp()));
        // Asked for a connection, not for a page.
        Assert.Empty(back.Requests);
    }

    [Fact]
    public async Task One_that_still_takes_none_rests_on_and_no_client_finds_out()
    {
        var endpoint = Probe(new Upstream("web", "default/web", 80, UpstreamProtocol.Http) { Endpoints = [new UpstreamEndpoint("127.0.0.1", TestGateway.FreePort(), null, null)] });
        endpoint.Refused(TimeProvider.System);
        for (var i = 0; i < 40; i++, await Task.Delay(50))
            Assert.False(endpoint.IsUp(TimeProvider.System.GetTimestamp()));
    }

    [Fact]
    public async Task Three_failed_checks_leave_it_out_and_a_good_one_takes_it_back()
    {
        var well = false;
        await using var backend = await FakeBackend.StartAsync("ill", h =>
        {
            h.Response.StatusCode = well || h.Request.Path != "/health" ? 200 : 503;
            return Task.CompletedTask;
        });
        var endpoint = Probe(TestGateway.Upstream("web", backend) with { HealthCheckPath = "/health?deep=1" });
        await TestGateway.UntilAsync(() => !endpoint.IsUp(TimeProvider.System.GetTimestamp()));
        Assert.InRange(backend.Requests.Count, 3, 5);
        Assert.All(backend.Requests, r => Assert.Equal("/health?deep=1", r.Target));
        well = true;
        await TestGateway.UntilAsync(() => endpoint.IsUp(TimeProvider.System.GetTimestamp()));
    }

    [Fact]
    public async Task One_that_does_not_answer_its_check_in_time_fails_it()
    {
        using var deaf = new Socket(SocketType.Stream, ProtocolType.Tcp);
        deaf.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        deaf.Listen();
        var endpoint = Probe(new Upstream("web", "default/web", 80, UpstreamProtocol.Http)
        {
            Endpoints = [new UpstreamEndpoint("127.0.0.1", ((IPEndPoint)deaf.LocalEndPoint!).Port, null, null)], HealthCheckPath = "/",
        });
        await TestGateway.UntilAsync(() => !endpoint.IsUp(TimeProvider.System.GetTimestamp()));
    }

    private EndpointState Probe(Upstream upstream)
    {
        var served = ServedPlan.Compile(TestGateway.Plan([], [upstream]), null, TimeProvider.System);
        probing = new HealthProbes(() => served, clients, TimeProvider.System) { BetweenChecks = TimeSpan.FromMilliseconds(50) }.RunAsync(stop.Token);
        return served.Upstream("web")!.Endpoints[0];
    }
}
