using System.Net;
using Vitrine.Cni.Config;
using Vitrine.Linux.Netlink;

namespace Vitrine.Cni.Ipam;

/// <summary>Addresses held by one attachment for as long as <paramref name="Link"/>, its host-side veth, exists.</summary>
internal sealed record Lease(Attachment Attachment, string Link, IReadOnlyList<IPAddress> Addresses)
{
    /// <summary>A MAC address asked for; null for the one derived from the attachment.</summary>
    internal MacAddress? Mac { get; init; }

    /// <summary>Kept to write the nftables of host ports anew after somebody else flushed them.</summary>
    internal IReadOnlyList<PortMapping> Ports { get; init; } = [];
}
