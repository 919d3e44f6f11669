namespace Vitrine.Linux.Netlink;

/// <summary>What to change of a link; null leaves a property as it is.</summary>
public sealed record LinkChange
{
    public bool? Up { get; init; }

    /// <summary>Bytes.</summary>
    public int? Mtu { get; init; }

    public MacAddress? Mac { get; init; }

    /// <summary>ifindex of the new master; 0 frees the link.</summary>
    public int? Master { get; init; }

    /// <summary>Device group, by which many links are deleted in one request.</summary>
    public uint? Group { get; init; }

    /// <summary>Free text of up to 255 bytes, shown by <c>ip link</c>.</summary>
    public string? Alias { get; init; }

    /// <summary>New name, for a link given by index; it must be down.</summary>
    public string? NewName { get; init; }

    /// <summary>False: the kernel makes no IPv6 link-local address of its own (IN6_ADDR_GEN_MODE_NONE).</summary>
    public bool? GenerateLinkLocal { get; init; }

    /// <summary>False: the link neither sends nor hears ARP (IFF_NOARP); neighbours are what is entered by hand.</summary>
    public bool? Arp { get; init; }

    /// <summary>True: drop what comes from a source that is not routed back by this link (rp_filter 1, RFC 3704 strict).</summary>
    public bool? StrictReversePath { get; init; }

    /// <summary>True: 127.0.0.0/8 may come and go by this link (route_localnet).</summary>
    public bool? RouteLocalnet { get; init; }
}
