namespace Vitrine.Agent.Streaming;

/// <summary>
/// The remote command protocols over WebSocket (k8s.io/apimachinery remotecommand): the first byte of a message is its channel.
/// v5 (KEP-4006) adds channel 255, whose one byte names a channel that has ended.
/// </summary>
internal sealed record ChannelProtocol(string Name, bool IsBase64, bool CanClose)
{
    public const byte Stdin = 0;
    public const byte Stdout = 1;
    public const byte Stderr = 2;
    public const byte Error = 3;
    public const byte Resize = 4;
    public const byte Close = 255;

    private static readonly ChannelProtocol[] Known =
    [
        new("v5.channel.k8s.io", false, true),
        new("v4.channel.k8s.io", false, false),
        new("v4.base64.channel.k8s.io", true, false),
    ];

    /// <summary>The newest protocol the client offers, or null.</summary>
    public static ChannelProtocol? Choose(IEnumerable<string> offered)
    {
        var names = offered.ToHashSet(StringComparer.Ordinal);
        return Known.FirstOrDefault(p => names.Contains(p.Name));
    }

    /// <summary>The one for port-forward, which has no half-close and so knows no v5; null when the client offers none of them.</summary>
    public static ChannelProtocol? ForPorts(IEnumerable<string> offered) => Choose(offered.Where(static name => name.StartsWith("v4.", StringComparison.Ordinal)));

    /// <returns>The channel and its bytes; null when the message has none.</returns>
    public (byte Channel, ReadOnlyMemory<byte> Bytes)? Decode(ReadOnlyMemory<byte> message)
    {
        if (message.Length == 0)
        {
            return null;
        }

        if (!IsBase64)
        {
            return (message.Span[0], message[1..]);
        }

        var bytes = new byte[message.Length];
        return System.Buffers.Text.Base64.DecodeFromUtf8(message.Span[1..], bytes, out _, out var written) == System.Buffers.OperationStatus.Done
            ? ((byte)(message.Span[0] - '0'), bytes.AsMemory(0, written))
            : null;
    }

    public byte[] Encode(byte channel, ReadOnlySpan<byte> bytes) =>
        IsBase64 ? [(byte)('0' + channel), .. System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes))] : [channel, .. bytes];
}
