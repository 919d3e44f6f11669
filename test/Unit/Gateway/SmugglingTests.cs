using System.Text.RegularExpressions;
using Vitrine.Model.Plans.Gateway;
using Xunit;

namespace Vitrine.Unit.Gateway;

public sealed partial class SmugglingTests
{
    public static TheoryData<string> Names => [.. SmugglingGrid.Cases.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_backend_sees_one_request_or_the_client_gets_400(string name)
    {
        using var backend = new RawBackend();
        await using var gateway = await TestGateway.StartAsync();
        await gateway.ServeAsync([TestGateway.Rule("/", "web")], [new Upstream("web", "default/web", 80, UpstreamProtocol.Http) { Endpoints = [new UpstreamEndpoint("127.0.0.1", backend.Port, null, null)] }]);
        var answer = await gateway.RawAsync(SmugglingGrid.Cases.First(c => c.Name == name).Bytes, 1);
        var lines = backend.Received.SelectMany(Heads).ToArray();
        Assert.True(lines.Length <= 1, $"the backend saw {string.Join(" and ", lines)}");
        Assert.DoesNotContain(lines, l => l.Contains("/smuggled", StringComparison.Ordinal));
        // But for upgrades all of it goes by the proxy's own reader and writer.
        Assert.True(gateway.Server.Meter.PlainTries >= lines.Length || name == "h2c upgrade");
        if (lines.Length == 0)
            Assert.Matches("^(HTTP/1.1 (400|411|413|417|421|426|431|501|505) |$)", answer);
    }

    [Fact]
    public async Task Two_requests_in_one_packet_are_two()
    {
        using var backend = new RawBackend();
        await using var gateway = await TestGateway.StartAsync();
        await gateway.ServeAsync([TestGateway.Rule("/", "web")], [new Upstream("web", "default/web", 80, UpstreamProtocol.Http) { Endpoints = [new UpstreamEndpoint("127.0.0.1", backend.Port, null, null)] }]);
        await gateway.RawAsync("GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray());
        Assert.Equal(["GET /a HTTP/1.1", "GET /smuggled HTTP/1.1"], backend.Received.SelectMany(Heads).Order());
        Assert.Equal(2, gateway.Server.Meter.PlainTries);
    }

    [Fact]
    public async Task A_refused_WebSocket_is_no_tunnel_past_the_rules()
    {
        using var backend = new RawBackend();
        await using var gateway = await TestGateway.StartAsync();
        await gateway.ServeAsync([TestGateway.Rule("/chat", "web")], [new Upstream("web", "default/web", 80, UpstreamProtocol.Http) { Endpoints = [new UpstreamEndpoint("127.0.0.1", backend.Port, null, null)] }]);
        var answer = await gateway.RawAsync("GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 777\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), 2);
        Assert.Equal(["GET /chat HTTP/1.1"], backend.Received.SelectMany(Heads));
        Assert.Contains("404", answer);
    }

    // The proxy writes its own framing; what stands in a body it framed is a body.
    private static IEnumerable<string> Heads(string received)
    {
        while (received.Length > 0)
        {
            var end = received.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            var head = end < 0 ? received : received[..end];
            yield return head.Split("\r\n")[0];
            received = end < 0 ? "" : received[(end + 4)..];
            if (Length().Match(head) is { Success: true } length)
                received = received[Math.Min(received.Length, int.Parse(length.Groups[1].Value))..];
            else if (head.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
            {
                while (Chunk().Match(received) is { Success: true } chunk)
                {
                    var size = Convert.ToInt32(chunk.Groups[1].Value, 16);
                    received = received[Math.Min(received.Length, chunk.Length + size + 2)..];
                    if (size == 0)
                        break;
                }
            }
        }
    }

    [GeneratedRegex(@"\r\nContent-Length: (\d+)", RegexOptions.IgnoreCase)]
    private static partial Regex Length();

    [GeneratedRegex(@"\A([0-9a-fA-F]+)\r\n")]
    private static partial Regex Chunk();
}
