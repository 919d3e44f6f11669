using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Audit;

/// <summary>
/// The file of audit events, a JSON line each, 0600, set aside at 100 MiB, ten old ones kept. Requests wait when the disk is so slow that 10 000 lines
/// are not yet written: an event is never dropped silently.
/// </summary>
internal sealed partial class AuditLog : IAsyncDisposable
{
    private const int Keep = 10;
    private readonly string path;
    private readonly long most;
    private readonly ILogger logger;
    private readonly TimeProvider time;
    private readonly Channel<JsonObject> lines = Channel.CreateBounded<JsonObject>(new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
    private readonly Task writing;
    private FileStream file;

    private AuditLog(string path, FileStream file, AuditPolicy policy, long most, ILogger logger, TimeProvider time)
    {
        (this.path, this.file, Policy, this.most, this.logger, this.time) = (path, file, policy, most, logger, time);
        writing = Task.Run(RunAsync);
    }

    public AuditPolicy Policy { get; }

    /// <summary>Throws an <see cref="IOException"/> that names the file that cannot be used.</summary>
    /// <param name="most">Bytes at which a file is set aside.</param>
    public static AuditLog Open(string path, AuditPolicy policy, ILogger logger, TimeProvider time, long most = 100 << 20)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            return new AuditLog(path, OpenFile(path), policy, most, logger, time);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or DirectoryNotFoundException)
        {
            throw new IOException($"cannot write the audit log {path}: {error.Message}", error);
        }
    }

    public ValueTask WriteAsync(JsonObject line) => lines.Writer.WriteAsync(line);

    /// <summary>Writes what waits and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (lines.Writer.TryComplete())
        {
            await writing;
            await file.DisposeAsync();
        }
    }

    private static FileStream OpenFile(string path)
    {
        var opened = new FileStream(path, new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.Read, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        // One that was there before is no more open than a new one.
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return opened;
    }

    private async Task RunAsync()
    {
        while (await lines.Reader.WaitToReadAsync())
        {
            try
            {
                while (lines.Reader.TryRead(out var line))
                {
                    if (file.Length > most)
                    {
                        await TurnAsync();
                    }
                    await file.WriteAsync(Encoding.UTF8.GetBytes(line.ToJsonString(JsonText.Plain) + "\n"));
                }
                await file.FlushAsync();
            }
            catch (IOException error)
            {
                LogFailed(path, error.Message);
            }
        }
    }

    private async Task TurnAsync()
    {
        await file.DisposeAsync();
        var (folder, name, end) = (Path.GetDirectoryName(Path.GetFullPath(path))!, Path.GetFileNameWithoutExtension(path), Path.GetExtension(path));
        File.Move(path, Path.Combine(folder, $"{name}-{time.GetUtcNow().ToString("yyyy-MM-dd'T'HH-mm-ss.fff", CultureInfo.InvariantCulture)}{end}"), overwrite: true);
        foreach (var old in Directory.EnumerateFiles(folder, $"{name}-*{end}").OrderDescending(StringComparer.Ordinal).Skip(Keep))
        {
            File.Delete(old);
        }
        file = OpenFile(path);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "audit events were not written to {Path}: {Why}")]
    private partial void LogFailed(string path, string why);
}
