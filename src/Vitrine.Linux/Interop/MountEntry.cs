using System.Text;

namespace Vitrine.Linux.Interop;

/// <summary>One line of /proc/pid/mountinfo, see proc_pid_mountinfo(5). Paths are unescaped.</summary>
/// <param name="Id">mount id, unique in the namespace</param>
/// <param name="ParentId">id of the mount it sits on</param>
/// <param name="Root">the directory of the file system that is the root of this mount; <c>net:[4026531840]</c> for a pinned netns</param>
/// <param name="MountPoint">where it is mounted, seen from the process's root</param>
/// <param name="Options">per-mount options, comma separated</param>
/// <param name="Propagation">optional fields such as <c>shared:1</c>, <c>master:2</c>; empty when private</param>
/// <param name="FileSystem">file system type such as <c>tmpfs</c>, <c>cgroup2</c>, <c>nsfs</c></param>
/// <param name="Source">device or other source</param>
/// <param name="SuperOptions">per-superblock options</param>
public sealed record MountEntry(
    int Id, int ParentId, string Root, string MountPoint, string Options, string Propagation, string FileSystem, string Source, string SuperOptions)
{
    internal static MountEntry Parse(string line)
    {
        var fields = line.Split(' ');
        var dash = Array.IndexOf(fields, "-", 6);
        if (dash < 0 || fields.Length < dash + 4)
            throw new FormatException($"mountinfo line without its separator: {line}");
        return new MountEntry(
            int.Parse(fields[0]), int.Parse(fields[1]), Unescape(fields[3]), Unescape(fields[4]), fields[5],
            string.Join(' ', fields[6..dash]), fields[dash + 1], Unescape(fields[dash + 2]), fields[dash + 3]);
    }

    /// <summary>The kernel writes space, tab, newline and backslash as three octal digits, byte by byte.</summary>
    private static string Unescape(string field)
    {
        if (!field.Contains('\\'))
            return field;
        var bytes = new List<byte>();
        var source = Encoding.UTF8.GetBytes(field);
        for (var i = 0; i < source.Length; i++)
            if (source[i] == '\\' && i + 3 < source.Length && IsOctal(source[i + 1]) && IsOctal(source[i + 2]) && IsOctal(source[i + 3]))
            {
                bytes.Add((byte)((source[i + 1] - '0') * 64 + (source[i + 2] - '0') * 8 + (source[i + 3] - '0')));
                i += 3;
            }
            else
            {
                bytes.Add(source[i]);
            }
        return Encoding.UTF8.GetString([.. bytes]);
    }

    private static bool IsOctal(byte b) => b is >= (byte)'0' and <= (byte)'7';
}
