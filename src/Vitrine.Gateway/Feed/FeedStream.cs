using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Vitrine.Gateway.Feed;

/// <summary>Messages over a socket: four bytes of length, least first, then JSON.</summary>
internal static class FeedStream
{
    // Thousands of routes with their certificates are some tens of megabytes.
    private const int Longest = 256 << 20;

    public static async Task WriteAsync<T>(Stream stream, T message, JsonTypeInfo<T> type, CancellationToken ct)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        BinaryPrimitives.WriteInt32LittleEndian(buffer.GetSpan(4), 0);
        buffer.Advance(4);
        using (var json = new Utf8JsonWriter(buffer))
            JsonSerializer.Serialize(json, message, type);
        if (!System.Runtime.InteropServices.MemoryMarshal.TryGetArray(buffer.WrittenMemory, out var bytes))
            throw new InvalidOperationException("a buffer without an array");
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(), buffer.WrittenCount - 4);
        await stream.WriteAsync(buffer.WrittenMemory, ct).ConfigureAwait(false);
    }

    /// <summary>Null at the end. Throws <see cref="IOException"/> for what is no message.</summary>
    public static async Task<T?> ReadAsync<T>(Stream stream, JsonTypeInfo<T> type, CancellationToken ct) where T : class
    {
        var length = new byte[4];
        if (await stream.ReadAtLeastAsync(length, 4, throwOnEndOfStream: false, ct).ConfigureAwait(false) < 4)
            return null;
        var size = BinaryPrimitives.ReadInt32LittleEndian(length);
        if (size is <= 0 or > Longest)
            throw new IOException($"a message of {size} bytes is none of the gateway's");
        var rented = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            await stream.ReadExactlyAsync(rented.AsMemory(0, size), ct).ConfigureAwait(false);
            return JsonSerializer.Deserialize(rented.AsSpan(0, size), type) ?? throw new IOException("an empty message");
        }
        catch (JsonException e)
        {
            throw new IOException($"a message that cannot be read: {e.Message}", e);
        }
        finally
        {
            // Keys were in it.
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }
}
