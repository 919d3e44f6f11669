using Vitrine.Linux.Interop;
using Vitrine.Linux.Netns;

namespace Vitrine.Explaining;

/// <summary>Reads a file as a pod's containers see it, without asking the runtime: through the root of one of its processes.</summary>
internal static class PodFiles
{
    /// <summary>Null when no process of the namespace has such a file.</summary>
    /// <param name="netns">the pod's</param>
    /// <param name="path">absolute, of a file that is mounted into every container</param>
    public static string? Read(NetnsHandle netns, string path)
    {
        var wanted = $"net:[{netns.Inode()}]";
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0])))
            try
            {
                if (new FileInfo($"{process}/ns/net").LinkTarget == wanted && File.ReadAllText($"{process}/root{path}") is { Length: > 0 } text)
                    return text;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or LinuxException)
            {
                // It has ended, or is one of those without the file.
            }
        return null;
    }
}
