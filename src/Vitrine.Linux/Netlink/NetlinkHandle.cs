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

    /// <summary>Receives what the kernel tells multicast groups; called once. The room is large, since what does not fit is lost.</summary>
    internal void Join(params ReadOnlySpan<int> groups)
    {
        const int room = 4 * 1024 * 1024;
        var value = room;
        LibC.Check(LibC.Setsockopt(Fd, Rtnl.SOL_SOCKET, Rtnl.SO_RCVBUFFORCE, &value, sizeof(int)), "make room for netlink notifications");
        // struct sockaddr_nl. A socket without a port of its own is taken for the sender, the kernel, and hears nothing.
        var address = stackalloc uint[3] { Rtnl.AF_NETLINK, 0, 0 };
        LibC.Check(LibC.Bind(Fd, address, 3 * sizeof(uint)), "bind a netlink socket");
        foreach (var group in groups)
        {
            var joined = group;
            LibC.Check(LibC.Setsockopt(Fd, Rtnl.SOL_NETLINK, Rtnl.NETLINK_ADD_MEMBERSHIP, &joined, sizeof(int)), $"join netlink group {joined}");
        }
    }

    /// <summary>The socket's own number; the kernel gives it one with the first message at the latest, here at once.</summary>
    internal uint Port()
    {
        // struct sockaddr_nl: family and padding, port, groups.
        var address = stackalloc uint[3] { Rtnl.AF_NETLINK, 0, 0 };
        var length = 3 * sizeof(uint);
        LibC.Check(LibC.Getsockname(Fd, address, &length), "ask for a netlink socket's port");
        if (address[1] != 0)
            return address[1];
        LibC.Check(LibC.Bind(Fd, address, length), "bind a netlink socket");
        LibC.Check(LibC.Getsockname(Fd, address, &length), "ask for a netlink socket's port");
        return address[1];
    }

    internal void Send(ReadOnlySpan<byte> messages)
    {
        fixed (byte* p = messages)
            while (LibC.Send(Fd, p, messages.Length, 0) < 0)
                if (LibC.LastErrno != Errno.EINTR)
                    throw new LinuxException(LibC.LastErrno, "send to netlink");
    }

    internal int Receive(Span<byte> into) => Receive(into, 0);

    /// <summary>-1 when nothing is there.</summary>
    internal int TryReceive(Span<byte> into) => Receive(into, Rtnl.MSG_DONTWAIT);

    /// <summary>Room for one send of so many bytes; the kernel doubles what it is told.</summary>
    internal void SetSendRoom(int bytes) => LibC.Check(LibC.Setsockopt(Fd, Rtnl.SOL_SOCKET, Rtnl.SO_SNDBUFFORCE, &bytes, sizeof(int)), $"make room to send {bytes} bytes to netlink");

    private int Receive(Span<byte> into, int flags)
    {
        fixed (byte* p = into)
            while (true)
            {
                var n = LibC.Recv(Fd, p, into.Length, flags);
                if (n >= 0)
                    return (int)n;
                if (LibC.LastErrno == Errno.EAGAIN)
                    return -1;
                if (LibC.LastErrno != Errno.EINTR)
                    throw new LinuxException(LibC.LastErrno, "receive from netlink");
            }
    }

    /// <summary>The descriptor, whose closing is now the caller's.</summary>
    internal int Release()
    {
        var fd = Fd;
        SetHandleAsInvalid();
        return fd;
    }

    protected override bool ReleaseHandle() => LibC.Close((int)handle) == 0;
}
