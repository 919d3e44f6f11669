using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Vitrine.Images;

/// <summary>
/// A forward proxy for the nodes' containerd: HTTP CONNECT (RFC 9110 §9.3.6) to registries outside. The nodes' namespaces
/// have no way out, and giving them one would need the host to forward; a pull needs neither. It serves the nodes' own addresses
/// only, not pods, and connects to no loopback or link-local address and to no range of the cluster.
/// </summary>
internal sealed partial class PullProxyLoop(IPEndPoint listen, IPNetwork nodes, IReadOnlyList<IPNetwork> refused, ILogger logger)
{
    private const int LongestHead = 8192;
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();
    private readonly SemaphoreSlim places = new(64);

    /// <summary>Serves until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var listener = new TcpListener(listen);
        listener.Start();
        while (!ct.IsCancellationRequested)
        {
            await places.WaitAsync(ct);
            var client = await listener.AcceptTcpClientAsync(ct);
            if (client.Client.RemoteEndPoint is IPEndPoint { Address: var from } && nodes.Contains(from))
            {
                _ = ServeAsync(client, ct);
            }
            else
            {
                client.Dispose();
                places.Release();
            }
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken ct)
    {
        try
        {
            using (client)
            {
                await TunnelAsync(client.GetStream(), ct);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // One pull's connection broke; containerd sees it and says so in the pod's event.
            Broken(e.Message);
        }
        finally
        {
            places.Release();
        }
    }

    private async Task TunnelAsync(NetworkStream client, CancellationToken ct)
    {
        var head = new byte[LongestHead];
        var filled = 0;
        while (head.AsSpan(0, filled).IndexOf(EndOfHead) < 0)
        {
            var n = filled == head.Length ? 0 : await client.ReadAsync(head.AsMemory(filled), ct);
            if (n == 0)
            {
                await AnswerAsync(client, "400 Bad Request", "the request has no end", ct);
                return;
            }

            filled += n;
        }

        if (Target(head.AsSpan(0, filled)) is not var (host, port))
        {
            await AnswerAsync(client, "405 Method Not Allowed", "this proxy only knows CONNECT HOST:PORT", ct);
            return;
        }

        using var upstream = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            var allowed = (await System.Net.Dns.GetHostAddressesAsync(host, ct)).Where(a => !IsRefused(a)).ToArray();
            if (allowed.Length == 0)
            {
                await AnswerAsync(client, "403 Forbidden", $"{host} is an address of this machine or cluster", ct);
                return;
            }

            await upstream.ConnectAsync(allowed, port, ct);
        }
        catch (SocketException e)
        {
            await AnswerAsync(client, "502 Bad Gateway", $"no connection to {host}:{port}: {e.Message}", ct);
            return;
        }

        await client.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), ct);
        await using var outside = new NetworkStream(upstream);
        await Task.WhenAll(CopyAsync(client, outside, upstream, ct), CopyAsync(outside, client, client.Socket, ct));
    }

    private static async Task CopyAsync(NetworkStream from, NetworkStream to, Socket end, CancellationToken ct)
    {
        await from.CopyToAsync(to, ct);
        end.Shutdown(SocketShutdown.Send);
    }

    /// <summary>HOST and PORT of "CONNECT HOST:PORT HTTP/1.1", or null.</summary>
    internal static (string Host, int Port)? Target(ReadOnlySpan<byte> head)
    {
        var line = head[..Math.Max(0, head.IndexOf("\r\n"u8))];
        if (!line.StartsWith("CONNECT "u8))
        {
            return null;
        }

        line = line[8..];
        var end = line.IndexOf((byte)' ');
        var authority = end < 0 ? line : line[..end];
        var colon = authority.LastIndexOf((byte)':');
        if (colon <= 0 || !Utf8Parser.TryParse(authority[(colon + 1)..], out ushort port, out var used) || used != authority.Length - colon - 1 || port == 0)
        {
            return null;
        }

        return (Encoding.ASCII.GetString(authority[..colon]).Trim('[', ']'), port);
    }

    private bool IsRefused(IPAddress address)
    {
        var a = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return IPAddress.IsLoopback(a) || a.Equals(IPAddress.Any) || a.Equals(IPAddress.IPv6Any) || a.IsIPv6LinkLocal
            || (a.AddressFamily == AddressFamily.InterNetwork && a.GetAddressBytes() is [169, 254, ..]) || refused.Any(r => r.Contains(a));
    }

    private static Task AnswerAsync(NetworkStream client, string status, string reason, CancellationToken ct) =>
        client.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {reason.Length + 1}\r\nConnection: close\r\n\r\n{reason}\n"), ct).AsTask();

    [LoggerMessage(Level = LogLevel.Debug, Message = "a pull's connection ended: {reason}")]
    private partial void Broken(string reason);
}
