using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Vitrine.Gateway;
using Vitrine.Gateway.Serving;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Gateway;
using Xunit;

namespace Vitrine.Unit.Gateway;

/// <summary>A proxy on loopback and short words for its plans.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    public const string Listener = "ingress:80";
    private static int lastPort;
    private readonly MemoryStream log = new();

    private TestGateway(TimeProvider time) => Server = new GatewayServer(
        new GatewayOptions { PlanSocket = "", Status = new IPEndPoint(IPAddress.Loopback, 0), Address = IPAddress.Loopback, AccessLogOneIn = 1 }, log, NullLoggerFactory.Instance, time);

    public GatewayServer Server { get; }

    public int Port { get; } = FreePort();

    public Uri Url => new($"http://127.0.0.1:{Port}");

    /// <summary>Serving nothing yet.</summary>
    public static async Task<TestGateway> StartAsync(TimeProvider? time = null)
    {
        var gateway = new TestGateway(time ?? TimeProvider.System);
        await gateway.Server.StartAsync(default);
        return gateway;
    }

    /// <summary>With one rule for every request, to one backend.</summary>
    public static async Task<TestGateway> StartAsync(FakeBackend backend, Func<RouteRule, RouteRule>? change = null, Func<PlannedListener, PlannedListener>? listener = null)
    {
        var gateway = await StartAsync();
        await gateway.ServeAsync([(change ?? (r => r))(Rule("/", "web"))], [Upstream("web", backend)], listener);
        return gateway;
    }

    public async Task ServeAsync(IEnumerable<RouteRule> rules, IEnumerable<Upstream> upstreams, Func<PlannedListener, PlannedListener>? listener = null)
    {
        var planned = new PlannedListener(Listener, 80, Port, ListenerProtocol.Http) { Hosts = [new VirtualHost("*", false, [.. rules])] };
        var failures = await Server.ApplyAsync(Plan([(listener ?? (l => l))(planned)], upstreams), default);
        Assert.Empty(failures);
    }

    public static GatewayPlan Plan(IEnumerable<PlannedListener> listeners, IEnumerable<Upstream> upstreams) =>
        new() { Listeners = [.. listeners], Upstreams = upstreams.ToImmutableDictionary(u => u.Key) };

    public static RouteRule Rule(string prefix, params string?[] upstreams) => new(
        new RuleSource("Ingress", "default", "shop", "spec.rules[0].http.paths[0]"), new RequestMatch { Path = new PathMatch(PathKind.Prefix, prefix) })
    {
        Backends = [.. upstreams.Select(u => new WeightedBackend(u))],
    };

    public static Upstream Upstream(string key, params FakeBackend[] backends) => Upstream(key, UpstreamProtocol.Http, backends);

    public static Upstream Upstream(string key, UpstreamProtocol protocol, params FakeBackend[] backends) => new(key, $"default/{key}", 80, protocol)
    {
        Endpoints = [.. backends.Select(b => new UpstreamEndpoint("127.0.0.1", b.Port, null, null))],
    };

    /// <summary>Sends bytes as they are, and reads until the proxy closes or five seconds have passed.</summary>
    public async Task<string> RawAsync(byte[] bytes, double seconds = 5)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, Port);
        await socket.SendAsync(bytes);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        var got = new MemoryStream();
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer, patience.Token) is > 0 and var count)
                got.Write(buffer, 0, count);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // What came until then is the answer.
        }
        return System.Text.Encoding.Latin1.GetString(got.ToArray());
    }

    /// <summary>Waits for what is known to come.</summary>
    public static async Task UntilAsync(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!holds())
            await Task.Delay(5, patience.Token);
    }

    /// <summary>Below the range that the kernel gives ports from, each once: no other test gets it before the caller binds it.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = 15_000 + Interlocked.Increment(ref lastPort) % 15_000;
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
            }
        }
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
