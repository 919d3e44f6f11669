using System.Text;
using Vitrine.Linux.Interop;

namespace Vitrine.Linux.Netns;

/// <summary>
/// Values below /proc/sys/net. They belong to the network namespace of the thread that opens the file, so call these inside
/// <see cref="NetnsHandle.Run{T}"/> for another namespace. Names use slashes, because interface names may hold dots:
/// <c>ipv4/conf/eth0.5/rp_filter</c>.
/// </summary>
public static class NetSysctl
{
    private const string Root = "/proc/sys/net/";

    /// <summary>The value without its newline, or null where this kernel has no such name.</summary>
    public static string? Read(string name)
    {
        using var file = FileHandle.TryOpen(Root + name, OpenFlags.ReadOnly);
        return file is null ? null : Encoding.ASCII.GetString(file.ReadToEnd(64 * 1024)).TrimEnd();
    }

    /// <summary>Writes a value; false where this kernel has no such name (IPv6 switched off at boot, say).</summary>
    public static bool TryWrite(string name, string value)
    {
        using var file = FileHandle.TryOpen(Root + name, OpenFlags.WriteOnly);
        file?.Write(Encoding.ASCII.GetBytes(value));
        return file is not null;
    }

    public static void Write(string name, string value)
    {
        if (!TryWrite(name, value))
            throw new LinuxException($"write {value} to {Root}{name}", Errno.ENOENT);
    }
}
