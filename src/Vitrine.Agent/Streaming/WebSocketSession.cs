using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Vitrine.Agent.Streaming.Spdy;

namespace Vitrine.Agent.Streaming;

/// <summary>A client that speaks WebSocket, translated to SPDY towards the runtime, where standard input can be half-closed.</summary>
internal sealed class WebSocketSession(ChannelSocket client, SpdyConnection runtime, Dictionary<byte, uint> streams)
{
    private const string RuntimeProtocol = "v4.channel.k8s.io";

    public static async Task RunAsync(HttpContext http, IHttpUpgradeFeature upgrade, Uri url, StreamChoice choice, CancellationToken ct)
    {
        var offered = WebSocketUpgrade.Offered(http);
        var protocol = ChannelProtocol.Choose(offered)
            ?? throw new KubeletException(403, $"unable to upgrade: none of the protocols [{string.Join(' ', offered)}] is supported; use v5.channel.k8s.io or v4.channel.k8s.io");
        using var connection = await UpgradedConnection.OpenAsync(url, [RuntimeProtocol], ct).ConfigureAwait(false);
        if (connection.Status == 101 && connection.Rest.Length > 0)
        {
            throw new KubeletException(502, "the container runtime spoke before it was asked to");
        }

        if (connection.Status != 101)
        {
            throw new KubeletException(connection.Status, $"the container runtime refused the stream with status {connection.Status}");
        }

        using var socket = await WebSocketUpgrade.AcceptAsync(http, upgrade, protocol.Name).ConfigureAwait(false);
        using var spdy = new SpdyConnection(connection.Stream);
        var client = new ChannelSocket(socket, protocol);
        var session = new WebSocketSession(client, spdy, await OpenAsync(spdy, choice, ct).ConfigureAwait(false));
        await client.CarryAsync(session.UpAsync, session.DownAsync, ct).ConfigureAwait(false);
    }

    /// <summary>The error stream first: the runtime waits for exactly these before it starts the process.</summary>
    private static async Task<Dictionary<byte, uint>> OpenAsync(SpdyConnection spdy, StreamChoice choice, CancellationToken ct)
    {
        var streams = new Dictionary<byte, uint> { [ChannelProtocol.Error] = await spdy.OpenAsync(ct, ("streamtype", "error")).ConfigureAwait(false) };
        (bool Wanted, byte Channel, string Type)[] rest =
        [
            (choice.Stdin, ChannelProtocol.Stdin, "stdin"),
            (choice.Stdout, ChannelProtocol.Stdout, "stdout"),
            (choice.Stderr && !choice.Tty, ChannelProtocol.Stderr, "stderr"),
            (choice.Tty, ChannelProtocol.Resize, "resize"),
        ];
        foreach (var (_, channel, type) in rest.Where(s => s.Wanted))
        {
            streams[channel] = await spdy.OpenAsync(ct, ("streamtype", type)).ConfigureAwait(false);
        }

        return streams;
    }

    private async Task DownAsync(CancellationToken ct)
    {
        var channels = streams.ToDictionary(s => s.Value, s => s.Key);
        var open = streams.Where(s => s.Key is ChannelProtocol.Stdout or ChannelProtocol.Stderr or ChannelProtocol.Error).Select(s => s.Value).ToHashSet();
        var verdict = new MemoryStream();
        while (open.Count > 0 && await runtime.ReceiveAsync(ct).ConfigureAwait(false) is { } message)
        {
            if (channels.TryGetValue(message.StreamId, out var channel) && message.Bytes.Length > 0)
            {
                if (channel == ChannelProtocol.Error)
                {
                    verdict.Write(message.Bytes.Span);
                }
                else
                {
                    await client.SendAsync(channel, message.Bytes, ct).ConfigureAwait(false);
                }
            }

            if (message.End)
            {
                open.Remove(message.StreamId);
            }
        }

        // Whole and last: the client takes it for the end of the command.
        if (verdict.Length > 0)
        {
            await client.SendAsync(ChannelProtocol.Error, verdict.ToArray(), ct).ConfigureAwait(false);
        }
    }

    private async Task UpAsync(CancellationToken ct)
    {
        await foreach (var (channel, bytes) in client.ReadAsync(ct).ConfigureAwait(false))
        {
            await ForwardAsync(channel, bytes, ct).ConfigureAwait(false);
        }
    }

    private async Task ForwardAsync(byte channel, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        if (channel == ChannelProtocol.Close && client.Protocol.CanClose && bytes.Length == 1 && streams.TryGetValue(bytes.Span[0], out var closed))
        {
            await runtime.SendAsync(closed, default, end: true, ct).ConfigureAwait(false);
        }
        else if (channel is ChannelProtocol.Stdin or ChannelProtocol.Resize && streams.TryGetValue(channel, out var stream) && bytes.Length > 0)
        {
            await runtime.SendAsync(stream, bytes, end: false, ct).ConfigureAwait(false);
        }
    }
}
