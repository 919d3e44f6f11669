using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Vitrine.Gateway;
using Vitrine.Gateway.Feed;
using Vitrine.Gateway.Telemetry;
using Xunit;

namespace Vitrine.Unit.Gateway;

public sealed class TelemetryTests
{
    [Fact]
    public async Task The_process_is_alive_at_once_and_ready_with_its_first_plan()
    {
        await using var shop = await FakeBackend.StartAsync("shop");
        var folder = Directory.CreateTempSubdirectory("gateway-");
        var (socket, status, port) = (Path.Combine(folder.FullName, "plans"), TestGateway.FreePort(), TestGateway.FreePort());
        using var stop = new CancellationTokenSource();
        var options = new GatewayOptions { PlanSocket = socket, Status = new IPEndPoint(IPAddress.Loopback, status), Address = IPAddress.Loopback, AccessLogOneIn = 0, Drain = TimeSpan.FromSeconds(2) };
        var proxy = GatewayProxy.RunAsync(options, NullLoggerFactory.Instance, TimeProvider.System, stop.Token);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{status}") };
        await TestGateway.UntilAsync(() => File.Exists(socket));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/healthz")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/readyz")).StatusCode);

        var sender = new PlanSender(socket, NullLogger<PlanSender>.Instance, TimeProvider.System);
        var sending = sender.RunAsync(stop.Token);
        var listener = new Vitrine.Model.Plans.Gateway.PlannedListener("ingress:80", 80, port, Vitrine.Model.Plans.Gateway.ListenerProtocol.Http)
        {
            Hosts = [new Vitrine.Model.Plans.Gateway.VirtualHost("*", false, [TestGateway.Rule("/", "web")])],
        };
        sender.Send(TestGateway.Plan([listener], [TestGateway.Upstream("web", shop)]));
        await TestGateway.UntilAsync(() => sender.Served is not null);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/readyz")).StatusCode);
        Assert.Equal("shop", await client.GetStringAsync($"http://127.0.0.1:{port}/"));
        var metrics = await client.GetStringAsync("/metrics");
        Assert.Contains("vitrine_gateway_requests_total{route=\"Ingress/default/shop\",code=\"200\"} 1\n", metrics);
        Assert.Contains("vitrine_gateway_upstream_requests_total{route=\"Ingress/default/shop\",upstream=\"web\"} 1\n", metrics);
        await stop.CancelAsync();
        await proxy;
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        folder.Delete(true);
    }

    [Fact]
    public void Series_are_bounded_whatever_the_routes()
    {
        var meter = new GatewayMeter();
        for (var i = 0; i < 10_000; i++)
        {
            meter.Began();
            meter.Ended($"Ingress/default/web-{i}", "default/web:80", 200, TimeSpan.FromMilliseconds(i));
        }
        var text = meter.Render(0);
        Assert.InRange(text.Split('\n').Count(l => l.StartsWith("vitrine_gateway_requests_total", StringComparison.Ordinal)), 1000, 2001);
        Assert.Contains("vitrine_gateway_request_duration_seconds_count 10000\n", text);
        Assert.Contains("route=\"other\"", text);
    }
}
