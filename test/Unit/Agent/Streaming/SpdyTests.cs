using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using CsCheck;
using Vitrine.Agent.Streaming;
using Vitrine.Agent.Streaming.Spdy;
using Xunit;

namespace Vitrine.Unit.Agent.Streaming;

public sealed class SpdyTests
{
    [Fact]
    public void Frame_headers_survive_a_round_trip() =>
        Gen.Select(Gen.UShort[0, 9], Gen.UInt[0, 0x7FFFFFFF], Gen.Byte, Gen.Int[0, SpdyFrame.MaxLength]).Sample((type, id, flags, length) =>
        {
            var frame = new SpdyFrame(type, type == SpdyFrame.Data ? id : 0, flags, length);
            var header = new byte[SpdyFrame.HeaderSize];
            frame.Write(header);
            return SpdyFrame.TryRead(header, out var read) && read == frame;
        });

    [Fact]
    public void Control_frames_of_another_version_are_refused() =>
        Assert.False(SpdyFrame.TryRead([0x80, 2, 0, 1, 0, 0, 0, 0], out _));

    [Fact]
    public void Header_blocks_of_a_connection_are_one_zlib_stream()
    {
        var headers = new SpdyHeaders();
        byte[] all = [.. headers.Encode(("streamType", "error")), .. headers.Encode(("streamType", "stdin"))];
        using var inflater = new ZLibStream(new MemoryStream(all), CompressionMode.Decompress);
        var plain = new byte[256];
        var length = inflater.ReadAtLeast(plain, 2 * (4 + 4 + 10 + 4 + 5), throwOnEndOfStream: false);
        var expected = Block("streamtype", "error").Concat(Block("streamtype", "stdin")).ToArray();
        Assert.Equal(expected, plain[..length]);
    }

    [Fact]
    public async Task Whatever_a_peer_sends_ends_in_messages_or_a_clear_refusal() =>
        await Gen.Byte.Array[0, 200].SampleAsync(async bytes =>
        {
            using var connection = new SpdyConnection(new Duplex(bytes));
            try
            {
                while (await connection.ReceiveAsync(CancellationToken.None) is { } message)
                {
                    Assert.True(message.Bytes.Length <= bytes.Length);
                }
            }
            catch (InvalidDataException)
            {
                // The refusal.
            }
        });

    [Fact]
    public async Task A_frame_that_asks_for_too_much_memory_is_refused()
    {
        using var connection = new SpdyConnection(new Duplex([0, 0, 0, 1, 0, 0xFF, 0xFF, 0xFF]));
        await Assert.ThrowsAsync<InvalidDataException>(async () => await connection.ReceiveAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Data_and_its_end_arrive_in_order()
    {
        using var connection = new SpdyConnection(new Duplex([0, 0, 0, 3, 0, 0, 0, 2, (byte)'h', (byte)'i', 0, 0, 0, 3, 1, 0, 0, 0]));
        var first = await connection.ReceiveAsync(CancellationToken.None);
        Assert.Equal((3u, "hi", false), (first!.Value.StreamId, Encoding.ASCII.GetString(first.Value.Bytes.Span), first.Value.End));
        Assert.True((await connection.ReceiveAsync(CancellationToken.None))!.Value.End);
        Assert.Null(await connection.ReceiveAsync(CancellationToken.None));
    }

    [Fact]
    public void The_newest_protocol_offered_is_chosen()
    {
        Assert.Equal("v5.channel.k8s.io", ChannelProtocol.Choose(["v4.channel.k8s.io", "v5.channel.k8s.io"])!.Name);
        Assert.Null(ChannelProtocol.Choose(["v1.channel.k8s.io"]));
    }

    [Theory]
    [InlineData("v5.channel.k8s.io")]
    [InlineData("v4.base64.channel.k8s.io")]
    public void Messages_survive_their_encoding(string name)
    {
        var protocol = ChannelProtocol.Choose([name])!;
        Gen.Select(Gen.Byte[0, 4], Gen.Byte.Array[0, 100]).Sample((channel, bytes) =>
            protocol.Decode(protocol.Encode(channel, bytes)) is var (back, content) && back == channel && content.Span.SequenceEqual(bytes));
    }

    private static byte[] Block(string name, string value)
    {
        var bytes = new byte[4 + 4 + name.Length + 4 + value.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, 1);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4), name.Length);
        Encoding.ASCII.GetBytes(name, bytes.AsSpan(8));
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(8 + name.Length), value.Length);
        Encoding.ASCII.GetBytes(value, bytes.AsSpan(12 + name.Length));
        return bytes;
    }

    /// <summary>Reads what it was given; swallows what is written.</summary>
    private sealed class Duplex(byte[] input) : MemoryStream(input, writable: false)
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
    }
}
