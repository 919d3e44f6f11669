using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;

namespace Vitrine.Linux.Nft;

/// <summary>The kernel refused a transaction, and so all of it. The message is that of the first refusal.</summary>
public sealed class NftException : LinuxException
{
    internal NftException(IReadOnlyList<NetlinkException> refusals)
        : base(refusals[0].Message + (refusals.Count > 1 ? $"; {refusals.Count - 1} more of the same transaction" : ""), refusals[0].Errno, "nothing of the transaction was done") =>
        Refusals = refusals;

    /// <summary>Which entries were refused, each with the kernel's reason, in the order of the transaction.</summary>
    public IReadOnlyList<NetlinkException> Refusals { get; }
}
