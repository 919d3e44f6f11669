using Vitrine.Linux.Interop;

namespace Vitrine.Linux.Netlink;

/// <summary>The kernel refused a netlink request; the message carries its own words (NLMSGERR_ATTR_MSG) where it gave any.</summary>
public sealed class NetlinkException : LinuxException
{
    internal NetlinkException(string attempted, int errno, string? kernelMessage)
        : base(attempted, errno, kernelMessage ?? Interop.Errno.Describe(errno)) => KernelMessage = kernelMessage;

    /// <summary>The extended acknowledgement's text, or null.</summary>
    public string? KernelMessage { get; }
}
