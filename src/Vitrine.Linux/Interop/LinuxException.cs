namespace Vitrine.Linux.Interop;

/// <summary>A system call failed. The message says what was attempted, on what, and why it failed.</summary>
public class LinuxException : IOException
{
    public LinuxException(string attempted, int errno)
        : base($"{attempted}: {Interop.Errno.Describe(errno)} ({Interop.Errno.Name(errno)})", errno) => Errno = errno;

    public LinuxException(string attempted, int errno, string why)
        : base($"{attempted}: {why} ({Interop.Errno.Name(errno)})", errno) => Errno = errno;

    /// <summary>Takes errno first: building the text of <paramref name="attempted"/> may call into the system and change it.</summary>
    internal LinuxException(int errno, string attempted) : this(attempted, errno) { }

    /// <summary>The positive error number, see <see cref="Interop.Errno"/>.</summary>
    public int Errno { get; }
}
