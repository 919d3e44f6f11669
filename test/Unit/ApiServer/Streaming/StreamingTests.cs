using System.Net;
using System.Net.NetworkInformation;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Vitrine.Unit.ApiServer.Verbs;
using Xunit;

namespace Vitrine.Unit.ApiServer.Streaming;

/// <summary>Logs and exec through the server to a fake agent. Loopback is refused as an agent's address, so the agent listens on an address of this machine.</summary>
public sealed class StreamingTests : IAsyncLifetime
{
    private const string Pod = "/api/v1/namespaces/default/pods/p";
    private static readonly IPAddress s_address = OwnAddress();
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        await _server.PostAsync("/api/v1/namespaces/default/pods", """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[{"name":"a","image":"x"},{"name":"b","image":"x"}]}}""");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Logs_are_passed_through_with_their_options()
    {
        await using FakeAgent agent = await AgentAsync(static (_, tls) => SendAsync(tls, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n"));
        Assert.Equal("hello\n", await _server.Admin.GetStringAsync($"{Pod}/log?container=b&tailLines=5&timestamps=true"));
        Assert.StartsWith("GET /containerLogs/default/p/b?tailLines=5&timestamps=true HTTP/1.1\r\n", agent.Heads[0], StringComparison.Ordinal);
        Assert.Contains("kubelet-client", agent.ClientSubject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_followed_line_does_not_wait_for_the_next()
    {
        TaskCompletionSource seen = new();
        await using FakeAgent agent = await AgentAsync(async (_, tls) =>
        {
            await SendAsync(tls, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n");
            await seen.Task.WaitAsync(TimeSpan.FromSeconds(10));
            await SendAsync(tls, "4\r\ntwo\n\r\n0\r\n\r\n");
        });
        using HttpResponseMessage answer = await _server.Admin.GetAsync($"{Pod}/log?container=a&follow=true", HttpCompletionOption.ResponseHeadersRead);
        using StreamReader lines = new(await answer.Content.ReadAsStreamAsync());
        Assert.Equal("one", await lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10)));
        seen.SetResult();
        Assert.Equal("two", await lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Null(await lines.ReadLineAsync());
    }

    [Fact]
    public async Task An_agents_refusal_becomes_a_status()
    {
        const string Text = "container \"a\" in pod \"p\" is waiting to start: ContainerCreating";
        await using FakeAgent agent = await AgentAsync((_, tls) => SendAsync(tls, $"HTTP/1.1 400 Bad Request\r\nContent-Length: {Text.Length}\r\nConnection: close\r\n\r\n{Text}"));
        (int code, JsonObject status) = await _server.GetAsync($"{Pod}/log?container=a");
        Assert.Equal((400, Text, "BadRequest"), (code, (string?)status["message"], (string?)status["reason"]));
    }

    [Fact]
    public async Task A_container_must_be_named_and_known()
    {
        (int code, JsonObject status) = await _server.GetAsync($"{Pod}/log");
        Assert.Equal((400, "a container name must be specified for pod p, choose one of: [a b]"), (code, (string?)status["message"]));
        (_, status) = await _server.GetAsync($"{Pod}/log?container=z");
        Assert.Equal("container z is not valid for pod p", (string?)status["message"]);
    }

    [Fact]
    public async Task An_agent_at_loopback_is_refused()
    {
        await RegisterAsync("127.0.0.1", 1);
        (int code, JsonObject status) = await _server.GetAsync($"{Pod}/log?container=a");
        Assert.Equal(400, code);
        Assert.Contains("127.0.0.1", (string?)status["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_of_another_CA_is_not_talked_to()
    {
        await using FakeAgent agent = new(s_address, new TestCertificates().Server(s_address), static (_, _) => Task.CompletedTask);
        await RegisterAsync(s_address.ToString(), agent.Port);
        Assert.Equal(500, (await _server.GetAsync($"{Pod}/log?container=a")).Code);
        Assert.Empty(agent.Heads);
    }

    [Theory]
    [InlineData("POST", "SPDY/3.1", "X-Stream-Protocol-Version: v4.channel.k8s.io\r\nContent-Length: 0\r\n")]
    [InlineData("GET", "websocket", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: v5.channel.k8s.io\r\n")]
    public async Task An_upgrade_carries_bytes_both_ways_until_the_client_half_closes(string method, string protocol, string headers)
    {
        await using FakeAgent agent = await AgentAsync(async (_, tls) =>
        {
            await SendAsync(tls, $"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: {protocol}\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\nearly ");
            byte[] buffer = new byte[1 << 16];
            int read;
            while ((read = await tls.ReadAsync(buffer)) > 0)
            {
                await tls.WriteAsync(buffer.AsMemory(0, read));
            }

            await SendAsync(tls, " late");
        });
        await using SslStream client = await ConnectAsync();
        await SendAsync(client, $"{method} {Pod}/exec?container=a&command=sh&command=-c&command=sleep+2%3B+exit%205%20%26%26+a%2Bb&stdin=true&stdout=true HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: {protocol}\r\n{headers}\r\n");
        using StreamReader reader = new(client, Encoding.Latin1, leaveOpen: true);
        Assert.Equal("HTTP/1.1 101 Switching Protocols", await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10)));
        string head = "";
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            head += line + "\n";
        }

        Assert.Contains($"Upgrade: {protocol}", head, StringComparison.OrdinalIgnoreCase);
        string sent = new('z', 200_000);
        Task sending = SendAsync(client, sent);
        char[] received = new char["early ".Length + sent.Length];
        Assert.Equal(received.Length, await reader.ReadBlockAsync(received.AsMemory()).AsTask().WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal("early " + sent, new string(received));
        await sending;
        await client.ShutdownAsync();
        Assert.Equal(" late", await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.StartsWith($"{method} /exec/default/p/a?input=1&stdin=1&output=1&stdout=1&command=sh&command=-c&command=sleep%202%3B%20exit%205%20%26%26%20a%2Bb HTTP/1.1\r\n", agent.Heads[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_half_close_reaches_an_agent_that_sends_without_pause()
    {
        await using FakeAgent agent = await AgentAsync(async (_, tls) =>
        {
            await SendAsync(tls, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n");
            Task<int> end = EndAsync(tls);
            byte[] flood = new byte[16 << 10];
            while (!end.IsCompleted)
            {
                await tls.WriteAsync(flood);
            }

            await SendAsync(tls, $"{await end} bytes");
        });
        for (int round = 0; round < 30; round++)
        {
            await using SslStream client = await ConnectAsync();
            await SendAsync(client, $"POST {Pod}/exec?container=a&command=cat&stdin=true&stdout=true HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nContent-Length: 0\r\n\r\n");
            Assert.True(await client.ReadAsync(new byte[1]).AsTask().WaitAsync(TimeSpan.FromSeconds(10)) > 0);
            await SendAsync(client, "input");
            await client.ShutdownAsync();
            Assert.EndsWith("\05 bytes", await LastAsync(client).WaitAsync(TimeSpan.FromSeconds(10)), StringComparison.Ordinal);
        }
    }

    private static async Task<int> EndAsync(Stream stream)
    {
        byte[] buffer = new byte[1 << 10];
        int all = 0;
        int read;
        while ((read = await stream.ReadAsync(buffer)) > 0)
        {
            all += read;
        }

        return all;
    }

    private static async Task<string> LastAsync(Stream stream)
    {
        byte[] buffer = new byte[64 << 10];
        string last = "";
        int read;
        while ((read = await stream.ReadAsync(buffer)) > 0)
        {
            last += Encoding.Latin1.GetString(buffer, 0, read);
            last = last[^Math.Min(last.Length, 16)..];
        }

        return last;
    }

    [Fact]
    public async Task Exec_without_an_upgrade_is_a_bad_request()
    {
        await using FakeAgent agent = await AgentAsync(static (_, _) => Task.CompletedTask);
        (int code, JsonObject status) = await _server.GetAsync($"{Pod}/exec?container=a&command=ls");
        Assert.Equal((400, "Upgrade request required"), (code, (string?)status["message"]));
    }

    private static Task SendAsync(SslStream stream, string text) => stream.WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask();

    internal static IPAddress OwnAddress() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(static link => link.NetworkInterfaceType != NetworkInterfaceType.Loopback && link.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
        .SelectMany(static link => link.GetIPProperties().UnicastAddresses).Select(static unicast => unicast.Address)
        .First(static address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address));

    private async Task<FakeAgent> AgentAsync(Func<string, SslStream, Task> answer)
    {
        FakeAgent agent = new(s_address, _server.Certificates.Server(s_address), answer);
        await RegisterAsync(s_address.ToString(), agent.Port);
        return agent;
    }

    private async Task RegisterAsync(string address, int port)
    {
        await _server.PostAsync("/api/v1/nodes", $$$"""{"apiVersion":"v1","kind":"Node","metadata":{"name":"n"},"status":{"addresses":[{"type":"InternalIP","address":"{{{address}}}"}],"daemonEndpoints":{"kubeletEndpoint":{"Port":{{{port}}} } } } }""");
        await _server.PostAsync($"{Pod}/binding", """{"apiVersion":"v1","kind":"Binding","metadata":{"name":"p"},"target":{"kind":"Node","name":"n"}}""");
    }

    private async Task<SslStream> ConnectAsync()
    {
        TcpClient tcp = new();
        await tcp.ConnectAsync(_server.Host.Addresses[0]);
        SslStream tls = new(tcp.GetStream(), false, static (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", ClientCertificates = [_server.Certificates.Client("admin", "system:masters")], ApplicationProtocols = [SslApplicationProtocol.Http11] });
        return tls;
    }
}
