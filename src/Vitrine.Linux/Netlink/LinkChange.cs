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
}
