using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Store;

/// <summary>
/// Puts a backup in the place of a stopped server's store. 1. The whole file is read and checked before anything is touched. 2. A new log is written beside the
/// old one; every object gets a version above all that the backup or the old log ever had, so that no client sees time go back. 3. The new one takes the old one's
/// place, which stays as revisions.db.before-restore.
/// </summary>
public static class StoreRestore
{
    private const string FileName = "revisions.db";

    /// <summary>How many objects there are now. Throws an <see cref="IOException"/> with a plain message for a file that is no backup, or not whole, and for a store in use.</summary>
    public static int Run(string backup, string directory)
    {
        // 1. check
        (long revision, List<(string Resource, JsonObject Object)> objects) = Read(backup);
        string path = Path.Combine(directory, FileName);
        long head = 0;
        if (File.Exists(path))
        {
            // Opening takes the lock: a server that runs is refused here.
            using RevisionLog old = new(path);
            head = old.Head;
        }

        // 2. a new log
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string next = path + ".restoring";
        Remove(next);
        Write(next, Math.Max(revision, head), objects);

        // 3. in its place
        if (File.Exists(path))
        {
            Remove(path + ".before-restore");
            File.Move(path, path + ".before-restore");
            // Closed in good order, SQLite left no other files; one that crashed may have, and they belong to the old database.
            Remove(path);
        }

        File.Move(next, path);
        return objects.Count;
    }

    private static void Write(string path, long above, List<(string Resource, JsonObject Object)> objects)
    {
        using RevisionLog log = new(path);
        log.Begin();
        long revision = above;
        foreach ((string resource, JsonObject value) in objects)
        {
            ObjectPayload payload = ObjectPayload.From(value);
            revision++;
            log.Append(new LogRow(revision, resource, value.TextAt("metadata.namespace"), value.TextAt("metadata.name"), false, payload.Stamp(revision), payload.RevisionAt));
        }

        log.Commit();
        // Nothing before is known: watches that started earlier have to list again.
        log.Compact([], revision, revision);
    }

    private static (long Revision, List<(string, JsonObject)> Objects) Read(string backup)
    {
        try
        {
            using GZipStream zip = new(File.OpenRead(backup), CompressionMode.Decompress);
            using StreamReader lines = new(zip, Encoding.UTF8);
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            JsonObject first = Parse(lines.ReadLine() is { } head ? Hashed(hash, head) : throw new JsonException("it is empty"));
            if (first.Text("format") != StoreBackup.Format)
            {
                throw new IOException($"{backup} has the format \"{first.Text("format")}\", and this version reads {StoreBackup.Format}");
            }

            List<(string, JsonObject)> objects = [];
            while (WholeLine(lines) is { } line)
            {
                JsonObject entry = Parse(line);
                if (entry.Text("sha256") is { Length: > 0 } digest)
                {
                    // A damaged end of the stream may give more than was ever written.
                    return digest == Convert.ToHexStringLower(hash.GetHashAndReset()) && entry.Number("objects") == objects.Count && lines.Read() < 0
                        ? (first.Number("revision") ?? 0, objects)
                        : throw new IOException($"the backup {backup} is damaged: its checksum is wrong, or something follows it; use another copy");
                }

                Hashed(hash, line);
                objects.Add((entry.Text("resource"), entry.Object("object")?.DeepClone().AsObject() ?? throw new JsonException("a line holds no object")));
            }

            throw new IOException($"the backup {backup} is not whole: its end is missing; use another copy");
        }
        catch (Exception error) when (error is JsonException or InvalidDataException or InvalidOperationException or UnauthorizedAccessException)
        {
            throw new IOException($"{backup} is no backup of vitrine: {error.Message}", error);
        }
    }

    /// <summary>Null at the end, also of a line that was cut off.</summary>
    private static string? WholeLine(StreamReader lines)
    {
        StringBuilder line = new();
        for (int next; (next = lines.Read()) >= 0; line.Append((char)next))
        {
            if (next == '\n')
            {
                return line.ToString();
            }
        }

        return null;
    }

    private static JsonObject Parse(string line) => JsonNode.Parse(line) as JsonObject ?? throw new JsonException("a line is no object");

    private static string Hashed(IncrementalHash hash, string line)
    {
        hash.AppendData(Encoding.UTF8.GetBytes(line + "\n"));
        return line;
    }

    private static void Remove(string path)
    {
        foreach (string end in (string[])["", "-wal", "-shm", "-journal"])
        {
            File.Delete(path + end);
        }
    }
}
