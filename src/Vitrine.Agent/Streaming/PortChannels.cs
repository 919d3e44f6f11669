using System.Buffers.Binary;
using System.Globalization;
using Vitrine.Agent.Streaming.Spdy;

namespace Vitrine.Agent.Streaming;

/// <summary>
/// port-forward as the API did it over WebSocket before KEP-4006 and client libraries still do: the ports stand in the query, the nth has channel 2n
/// for its bytes and 2n+1 for what goes wrong, and each channel begins with the port's number, two bytes, little-endian.
/// Source: k8s.io/kubelet pkg/cri/streaming/portforward.
/// </summary>
internal sealed class PortChannels(ChannelSocket client, SpdyConnection runtime, IReadOnlyList<ushort> ports)
{
    // A byte names a channel, and every port takes two.
    private const int MaxPorts = 127;

    private readonly Dictionary<uint, byte> channels = [];
    private readonly Dictionary<byte, uint> streams = [];

    /// <summary>The ports that a request's query names, one by one or with commas.</summary>
    /// <exception cref="KubeletException">400 for none, too many, or what is no port</exception>
    public static IReadOnlyList<ushort> Ports(IEnumerable<string?> query)
    {
        var words = query.SelectMany(static value => (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        return words.Length is 0 or > MaxPorts
            ? throw new KubeletException(400, $"query parameter \"ports\" names {words.Length} ports: 1 to {MaxPorts} are needed")
            : [.. words.Select(static word => ushort.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 ? port : throw new KubeletException(400, $"query parameter \"ports\": \"{word}\" is no port"))];
    }

    /// <summary>Carries bytes until all ports have ended or the client has gone.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        for (byte i = 0; i < ports.Count; i++)
        {
            await OpenAsync(i, ports[i], ct).ConfigureAwait(false);
        }

        await client.CarryAsync(UpAsync, DownAsync, ct).ConfigureAwait(false);
    }

    private async Task OpenAsync(byte index, ushort port, CancellationToken ct)
    {
        var number = port.ToString(CultureInfo.InvariantCulture);
        var request = index.ToString(CultureInfo.InvariantCulture);
        var first = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(first, port);
        foreach (var (type, channel) in new[] { ("error", (byte)((2 * index) + 1)), ("data", (byte)(2 * index)) })
        {
            var stream = await runtime.OpenAsync(ct, ("streamtype", type), ("port", number), ("requestid", request)).ConfigureAwait(false);
            channels[stream] = channel;
            streams[channel] = stream;
            await client.SendAsync(channel, first, ct).ConfigureAwait(false);
        }

        // Nothing is ever said to the runtime on the error stream.
        await runtime.SendAsync(streams[(byte)((2 * index) + 1)], default, end: true, ct).ConfigureAwait(false);
    }

    private async Task DownAsync(CancellationToken ct)
    {
        var open = channels.Keys.ToHashSet();
        while (open.Count > 0 && await runtime.ReceiveAsync(ct).ConfigureAwait(false) is { } message)
        {
            if (channels.TryGetValue(message.StreamId, out var channel) && message.Bytes.Length > 0)
            {
                await client.SendAsync(channel, message.Bytes, ct).ConfigureAwait(false);
            }

            if (message.End)
            {
                open.Remove(message.StreamId);
            }
        }
    }

    private async Task UpAsync(CancellationToken ct)
    {
        await foreach (var (channel, bytes) in client.ReadAsync(ct).ConfigureAwait(false))
        {
            if (channel % 2 == 0 && bytes.Length > 0 && streams.TryGetValue(channel, out var stream))
            {
                await runtime.SendAsync(stream, bytes, end: false, ct).ConfigureAwait(false);
            }
        }

        // The client is done with all of them: what it asked for may still come.
        for (byte i = 0; i < ports.Count; i++)
        {
            await runtime.SendAsync(streams[(byte)(2 * i)], default, end: true, ct).ConfigureAwait(false);
        }
    }
}
