using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;

namespace Vitrine.Model.Watching;

/// <summary>
/// Reads a list answer of the API item by item while it comes in: of 150 000 pods neither the half gigabyte of JSON nor its objects are ever held, only what
/// is kept of each.
/// </summary>
/// <param name="read">one item</param>
/// <param name="into">gets what was read</param>
internal sealed class ListReader<T>(Func<JsonElement, T> read, List<T> into)
{
    private const int BufferSize = 64 << 10;
    private JsonReaderState state = new();
    private bool within, items;

    /// <summary>metadata.resourceVersion; null until it was read.</summary>
    public string? Version { get; private set; }

    /// <summary>metadata.continue: there is more; empty for the last page.</summary>
    public string Continue { get; private set; } = "";

    /// <exception cref="JsonException">what came is no list, or not whole</exception>
    public async Task ReadAsync(Stream answer, CancellationToken ct)
    {
        var pipe = PipeReader.Create(answer, new StreamPipeReaderOptions(bufferSize: BufferSize, minimumReadSize: BufferSize / 4));
        for (var open = true; open;)
        {
            var got = await pipe.ReadAsync(ct).ConfigureAwait(false);
            pipe.AdvanceTo(Take(got.Buffer, got.IsCompleted), got.Buffer.End);
            open = !got.IsCompleted;
        }
        await pipe.CompleteAsync().ConfigureAwait(false);
        if (!items || Version is null)
            throw new JsonException("the answer is no list: it lacks items or metadata.resourceVersion");
    }

    private SequencePosition Take(in ReadOnlySequence<byte> buffer, bool last)
    {
        var reader = new Utf8JsonReader(buffer, last, state);
        while (true)
        {
            // What is not there whole is read again from its beginning.
            var before = reader;
            if (Step(ref reader))
                continue;
            state = before.CurrentState;
            return before.Position;
        }
    }

    private bool Step(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
            return false;
        if (within && reader.TokenType == JsonTokenType.EndArray)
        {
            within = false;
            return true;
        }
        if (within)
            return Value(ref reader, item => into.Add(read(item)));
        if (reader.TokenType != JsonTokenType.PropertyName)
            return reader.TokenType is JsonTokenType.StartObject or JsonTokenType.EndObject ? true : throw new JsonException("the answer is no list");
        var (isItems, isMetadata) = (reader.ValueTextEquals("items"u8), reader.ValueTextEquals("metadata"u8));
        if (!reader.Read())
            return false;
        // An empty list may be written as null.
        if (isItems && reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.Null))
            throw new JsonException("the answer is no list: items is none");
        items |= isItems;
        if (isItems && reader.TokenType == JsonTokenType.StartArray)
            return within = true;
        return Value(ref reader, isMetadata ? Metadata : static _ => { });
    }

    private static bool Value(ref Utf8JsonReader reader, Action<JsonElement> take)
    {
        if (!JsonDocument.TryParseValue(ref reader, out var value))
            return false;
        using (value)
            try
            {
                take(value.RootElement);
                return true;
            }
            catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException)
            {
                throw new JsonException($"an item of the list cannot be read: {e.Message}", e);
            }
    }

    private void Metadata(JsonElement metadata)
    {
        Version = metadata.TryGetProperty("resourceVersion", out var version) ? version.GetString() : null;
        Continue = metadata.TryGetProperty("continue", out var more) ? more.GetString() ?? "" : "";
    }
}
