using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using Vitrine.Model.Plans.Gateway;
using Xunit;

namespace Vitrine.Unit.Gateway;

public sealed class ChangeTests
{
    [Fact]
    public async Task No_request_and_no_WebSocket_is_lost_while_routes_endpoints_and_certificates_change()
    {
        await using var a = await FakeBackend.StartAsync("a", Echo);
        await using var b = await FakeBackend.StartAsync("b", Echo);
        await using var gateway = await TestGateway.StartAsync();
        var tls = TestGateway.FreePort();
        var number = 0;
        await ApplyAsync(gateway, tls, number, [a, b]);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } });
        using var chat = new ClientWebSocket();
        await chat.ConnectAsync(new Uri($"ws://127.0.0.1:{gateway.Port}/"), default);
        using var stop = new CancellationTokenSource();
        var failures = new ConcurrentQueue<string>();
        var done = 0;
        var clients = Enumerable.Range(0, 8).Select(async i =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, i % 2 == 0 ? gateway.Url : new Uri($"https://127.0.0.1:{tls}/"));
                request.Version = i % 4 < 2 ? HttpVersion.Version11 : HttpVersion.Version20;
                request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
                try
                {
                    using var answer = await client.SendAsync(request);
                    if (answer.StatusCode != HttpStatusCode.OK)
                        failures.Enqueue($"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
                }
                catch (HttpRequestException e)
                {
                    failures.Enqueue(e.ToString());
                }
                Interlocked.Increment(ref done);
            }
        }).ToArray();
        for (number = 1; number <= 60; number++)
        {
            await ApplyAsync(gateway, tls, number, (number % 3) switch { 0 => [a, b], 1 => [a], _ => [b] });
            var buffer = new byte[10];
            await chat.SendAsync(Encoding.ASCII.GetBytes($"{number}"), WebSocketMessageType.Text, true, default);
            var got = await chat.ReceiveAsync(buffer, default);
            Assert.Equal($"{number}", Encoding.ASCII.GetString(buffer, 0, got.Count));
            await Task.Delay(20);
        }
        await stop.CancelAsync();
        await Task.WhenAll(clients);
        Assert.Empty(failures);
        Assert.True(done > 500, $"only {done} requests");
    }

    private static async Task ApplyAsync(TestGateway gateway, int tls, int number, FakeBackend[] backends)
    {
        var rules = Enumerable.Range(0, number % 5).Select(i => TestGateway.Rule($"/{number}/{i}", "web")).Append(TestGateway.Rule("/", "web"));
        var hosts = new[] { new VirtualHost("*", false, [.. rules]) };
        var failed = await gateway.Server.ApplyAsync(TestGateway.Plan(
            [
                new PlannedListener("ingress:80", 80, gateway.Port, ListenerProtocol.Http) { Hosts = [.. hosts] },
                new PlannedListener("ingress:443", 443, tls, ListenerProtocol.Https) { Hosts = [.. hosts], Certificates = [TestCertificate.Planned($"{number}.example", "ns/tls") with { Hosts = ["*"] }] },
            ],
            [TestGateway.Upstream("web", backends)]), default);
        Assert.Empty(failed);
    }

    private static async Task Echo(Microsoft.AspNetCore.Http.HttpContext http)
    {
        if (!http.WebSockets.IsWebSocketRequest)
            return;
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[100];
        while (await socket.ReceiveAsync(buffer, default) is { MessageType: WebSocketMessageType.Text } got)
            await socket.SendAsync(buffer.AsMemory(0, got.Count), WebSocketMessageType.Text, true, default);
    }
}
