using Vitrine.Linux.Interop;

namespace Vitrine.Agent.Eviction;

/// <summary>Room that a directory and all below it take on the disk, as du(1) counts: a file with several names once, links not followed.</summary>
internal static class DiskUsage
{
    public static long Of(string path)
    {
        var seen = new HashSet<long>();
        return Directory.Exists(path) ? Of(path, seen) : 0;
    }

    private static long Of(string path, HashSet<long> seen)
    {
        try
        {
            var status = FileSystems.Status(path);
            if (status.Links > 1 && !status.IsDirectory && !seen.Add(status.Inode))
            {
                return 0;
            }

            var sum = status.AllocatedBytes;
            foreach (var child in status.IsDirectory ? Directory.GetFileSystemEntries(path) : [])
            {
                sum += Of(child, seen);
            }

            return sum;
        }
        catch (IOException)
        {
            // Gone while we looked: containers write here.
            return 0;
        }
    }
}
