using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Vitrine.Linux.Interop;

namespace Vitrine.Linux.Netlink;

/// <summary>The descriptor of an AF_NETLINK socket, bound to the network namespace it was opened in.</summary>
internal sealed unsafe class NetlinkHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private NetlinkHandle(int fd) : base(ownsHandle: true) => SetHandle(fd);

    private int Fd => (int)handle;

    /// <summary>Opens a socket in the namespace of the calling thread.</summary>
    internal static NetlinkHandle Open(int protocol)
    {
        var fd = LibC.Socket(Rtnl.AF_NETLINK, Rtnl.SOCK_RAW | Rtnl.SOCK_CLOEXEC, protocol);
        LibC.Check(fd, "open a netlink socket");
        var handle = new NetlinkHandle(fd);
        // Errors come with the kernel's words, and without a copy of the request they answer.
        handle.SetOption(Rtnl.NETLINK_EXT_ACK);
        handle.SetOption(Rtnl.NETLINK_CAP_ACK);
        return handle;
    }

    internal void SetOption(int option)
    {
        var one = 1;
        LibC.Check(LibC.Setsockopt(Fd, Rtnl.SOL_NETLINK, option, &one, sizeof(int)), $"set netlink option {option}");
    }

    internal void Send(ReadOnlySpan<byte> messages)
    {
        fixed (byte* p = messages)
            while (LibC.Send(Fd, p, messages.Length, 0) < 0)
                if (LibC.LastErrno != Errno.EINTR)
                    throw new LinuxException(LibC.LastErrno, "send to netlink");
    }

    internal int Receive(Span<byte> into)
    {
        fixed (byte* p = into)
            while (true)
            {
                var n = LibC.Recv(Fd, p, into.Length, 0);
                if (n >= 0)
                    return (int)n;
                if (LibC.LastErrno != Errno.EINTR)
                    throw new LinuxException(LibC.LastErrno, "receive from netlink");
            }
    }

    protected override bool ReleaseHandle() => LibC.Close((int)handle) == 0;
}
