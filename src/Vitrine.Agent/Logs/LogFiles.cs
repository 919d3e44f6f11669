using System.Globalization;

namespace Vitrine.Agent.Logs;

/// <summary>A container's log: what was rotated away, the oldest first, then the file that is written now.</summary>
internal static class LogFiles
{
    public const int Most = 5;

    public static IReadOnlyList<string> Of(string path) => [.. Rotated(path), path];

    /// <summary>Names of the time they were put aside at, so that their order is that of time.</summary>
    public static IReadOnlyList<string> Rotated(string path) =>
        Directory.Exists(Path.GetDirectoryName(path)) ? [.. Directory.GetFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + ".*").Order(StringComparer.Ordinal)] : [];

    public static string Aside(string path, DateTimeOffset now) => string.Create(CultureInfo.InvariantCulture, $"{path}.{now:yyyyMMdd-HHmmss-fff}");

    /// <summary>A log may be rotated between its being listed and opened: null where it is gone.</summary>
    public static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0, Options = FileOptions.Asynchronous });
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
