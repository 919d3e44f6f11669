using Vitrine.Cni.Config;

namespace Vitrine.Cni.Firewall;

/// <summary>
/// The comment of every nftables entry made here: which attachment it is for. By it DEL, GC and CHECK find what is theirs, without a file.
/// </summary>
/// <param name="Link">the attachment's own name, see <see cref="Wiring.HostLink"/></param>
/// <param name="Network">name of the CNI network</param>
/// <param name="Who">container id, interface and pod, for people</param>
internal sealed record EntryOwner(string Link, string Network, string Who)
{
    internal static EntryOwner Of(string link, string network, Attachment attachment, string? pod) =>
        new(link, network, $"{attachment.ContainerId} {attachment.InterfaceName}{(pod is null ? "" : " " + pod)}");

    /// <summary>The kernel keeps 253 bytes: link and network always fit, the rest may be cut.</summary>
    public override string ToString() => $"{Link} {Network} {Who}";

    /// <summary>Null for a comment of somebody else's.</summary>
    internal static EntryOwner? Parse(string? comment) =>
        comment?.Split(' ', 3) is [var link, var network, var who] ? new EntryOwner(link, network, who) : null;
}
