using System.Text;
using Vitrine.Agent.Cri;
using Vitrine.Agent.Logs;

namespace Vitrine.Agent.Pods;

/// <summary>What a container left in its termination message file (at most 4096 bytes, as upstream), or the end of its log.</summary>
internal static class TerminationMessage
{
    public const string HostPathAnnotation = "vitrine.dev/termination-message-file";
    public const string LogPathAnnotation = "vitrine.dev/log-file";
    private const int Limit = 4096;
    private const int FallbackLines = 80;
    private const int FallbackBytes = 2048;

    public static void Fill(ContainerStatus status)
    {
        if (status.Annotations.TryGetValue(HostPathAnnotation, out var file) && ReadStart(file, Limit) is { Length: > 0 } text)
        {
            status.Message = text;
        }
        else if (status.ExitCode != 0 && status.Annotations.GetValueOrDefault(CriLabels.TerminationMessagePolicy) == "FallbackToLogsOnError"
            && status.Annotations.TryGetValue(LogPathAnnotation, out var log) && File.Exists(log))
        {
            status.Message = LogTail.Text(log, FallbackLines, FallbackBytes);
        }
    }

    private static string ReadStart(string path, int limit)
    {
        // The container owns this file: it may have put anything there but the mount keeps it a regular file.
        if (!File.Exists(path))
        {
            return "";
        }

        using var stream = File.OpenRead(path);
        var bytes = new byte[limit];
        var read = stream.ReadAtLeast(bytes, limit, throwOnEndOfStream: false);
        return Encoding.UTF8.GetString(bytes, 0, read);
    }
}
