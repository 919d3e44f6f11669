using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace Vitrine.ApiServer.Store;

/// <summary>
/// Writes all objects as of one revision: a gzip of JSON lines — what it is, an object a line with its resource, and at the end how many there are and the
/// SHA-256 of all lines before. Reads only memory, while the server goes on.
/// </summary>
internal static class StoreBackup
{
    public const string Format = "vitrine-backup/1";

    /// <param name="resource">What the tree at a place is of, custom resources too.</param>
    public static async Task WriteAsync(StoreSnapshot snapshot, Func<int, string> resource, DateTimeOffset now, Stream output, CancellationToken ct)
    {
        await using GZipStream zip = new(output, CompressionLevel.Fastest, leaveOpen: true);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        ArrayBufferWriter<byte> line = new();
        long count = 0;
        await LineAsync(json =>
        {
            json.WriteString("format"u8, Format);
            json.WriteNumber("revision"u8, snapshot.Revision);
            json.WriteString("created"u8, now);
        });
        for (int i = 0; i < snapshot.Trees.Length; i++)
        {
            foreach (StoredObject value in snapshot.Trees[i].List(null))
            {
                await LineAsync(json =>
                {
                    json.WriteString("resource"u8, resource(i));
                    json.WritePropertyName("object"u8);
                    json.WriteRawValue(value.Json, skipInputValidation: true);
                });
                count++;
            }
        }

        string digest = Convert.ToHexStringLower(hash.GetHashAndReset());
        await LineAsync(json =>
        {
            json.WriteNumber("objects"u8, count);
            json.WriteString("sha256"u8, digest);
        });

        async Task LineAsync(Action<Utf8JsonWriter> fields)
        {
            line.ResetWrittenCount();
            using (Utf8JsonWriter json = new(line))
            {
                json.WriteStartObject();
                fields(json);
                json.WriteEndObject();
            }

            line.Write("\n"u8);
            hash.AppendData(line.WrittenSpan);
            await zip.WriteAsync(line.WrittenMemory, ct);
        }
    }
}
