using System.Text.Json;

namespace Vitrine.Bench.Scale;

/// <summary>What a user asked of the server, by its audit log: each request once, watches when they begin.</summary>
internal sealed class Asked(string log, string user)
{
    private long read;

    /// <summary>Verb and resource of each request since the last call.</summary>
    public IReadOnlyList<string> Take()
    {
        var all = new List<string>();
        using var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Position = read;
        using var reader = new StreamReader(file);
        while (reader.ReadLine() is { } line)
        {
            read += System.Text.Encoding.UTF8.GetByteCount(line) + 1;
            using var json = JsonDocument.Parse(line);
            var record = json.RootElement;
            if (record.GetProperty("user").GetProperty("username").GetString() != user)
                continue;
            var verb = record.GetProperty("verb").GetString()!;
            if (verb == "watch" == (record.GetProperty("stage").GetString() == "ResponseStarted"))
                all.Add($"{verb} {(record.TryGetProperty("objectRef", out var of) && of.TryGetProperty("resource", out var kind) ? kind.GetString() : record.GetProperty("requestURI").GetString())}");
        }
        return all;
    }
}
