using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Vitrine.Linux.Netns;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Services;

namespace Vitrine.Dataplane.Apply.Services;

/// <summary>
/// Answers on each spec.healthCheckNodePort: 200 with local endpoints, 503 without, as kube-proxy's ServiceHealthServer does. A load balancer that asks
/// sends a node traffic of policy Local only where it is wanted.
/// </summary>
internal sealed class HealthPorts(NetnsHandle netns) : IDisposable
{
    private const int MostRequest = 8192;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly Dictionary<int, Socket> listeners = [];
    private volatile Dictionary<int, ServiceHealth> known = [];

    /// <summary>Opens and closes ports as the plan says.</summary>
    /// <returns>which could not be opened, and why</returns>
    public IReadOnlyList<string> Ensure(ServicePlan plan)
    {
        var wanted = new Dictionary<int, ServiceHealth>();
        foreach (var health in plan.Health)
            wanted.TryAdd(health.NodePort, health);
        known = wanted;
        foreach (var port in listeners.Keys.Where(p => !wanted.ContainsKey(p)).ToArray())
        {
            listeners.Remove(port, out var gone);
            gone!.Dispose();
        }
        var failures = new List<string>();
        foreach (var (port, health) in wanted.Where(w => !listeners.ContainsKey(w.Key)))
            try
            {
                var listener = listeners[port] = netns.Run(() => Listen(port));
                _ = AcceptAsync(listener, port);
            }
            catch (SocketException e)
            {
                failures.Add($"healthCheckNodePort {port} of service/{health.Service} cannot be opened: {e.Message}");
            }
        return failures;
    }

    public void Dispose()
    {
        foreach (var listener in listeners.Values)
            listener.Dispose();
    }

    private static Socket Listen(int port)
    {
        var socket = Socket.OSSupportsIPv6
            ? new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true }
            : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port));
            socket.Listen();
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task AcceptAsync(Socket listener, int port)
    {
        try
        {
            while (true)
                _ = AnswerAsync(await listener.AcceptAsync().ConfigureAwait(false), port);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed: the Service is gone.
        }
    }

    private async Task AnswerAsync(Socket client, int port)
    {
        using var _ = client;
        using var late = new CancellationTokenSource(Patience);
        try
        {
            var request = new byte[MostRequest];
            var length = 0;
            while (!request.AsSpan(0, length).EndsWith("\r\n\r\n"u8) && length < request.Length)
            {
                var n = await client.ReceiveAsync(request.AsMemory(length), late.Token).ConfigureAwait(false);
                if (n == 0)
                    return;
                length += n;
            }
            var head = request.AsSpan(0, 5).StartsWith("HEAD "u8);
            await client.SendAsync(Answer(known.GetValueOrDefault(port), head), late.Token).ConfigureAwait(false);
            client.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // Whoever asked has gone.
        }
    }

    private static byte[] Answer(ServiceHealth? health, bool head)
    {
        if (health is null)
            return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray();
        var name = health.Service.Split('/');
        // Names of objects need no escape in JSON. Shape and tabs are upstream's.
        var body = $$"""
            {
            	"service": {
            		"namespace": "{{name[0]}}",
            		"name": "{{name[1]}}"
            	},
            	"localEndpoints": {{health.LocalEndpoints.ToString(CultureInfo.InvariantCulture)}},
            	"serviceProxyHealthy": true
            }
            """;
        var status = health.LocalEndpoints > 0 ? "200 OK" : "503 Service Unavailable";
        return Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nX-Content-Type-Options: nosniff\r\nX-Load-Balancing-Endpoint-Weight: {health.LocalEndpoints.ToString(CultureInfo.InvariantCulture)}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{(head ? "" : body)}");
    }
}
