using System.Net;
using System.Text.Json;
using Vitrine.Linux.Netlink;

namespace Vitrine.Cni.Config;

/// <summary>One plugin's configuration as the runtime hands it over on stdin, read and checked.</summary>
internal sealed record NetworkConfig(string CniVersion, string Name, string Type)
{
    internal bool IsLoopback => Type == "loopback";

    internal WiringMode Mode { get; init; }

    /// <summary>Bytes; 0 leaves the kernel's default.</summary>
    internal int Mtu { get; init; }

    /// <summary>Absolute; a directory per network is made below it.</summary>
    internal string StateDirectory { get; init; } = "/run/vitrine/cni";

    internal string Bridge { get; init; } = "vtr0";

    internal bool IsGateway { get; init; } = true;

    internal bool Hairpin { get; init; } = true;

    /// <summary>One address is leased from each set.</summary>
    internal IReadOnlyList<RangeSet> Ranges { get; init; } = [];

    /// <summary>Null when the config has none: then the default route of each family.</summary>
    internal IReadOnlyList<PodRoute>? Routes { get; init; }

    internal JsonElement? Dns { get; init; }

    internal JsonElement? PrevResult { get; init; }

    /// <summary>GC: attachments the runtime still knows; null when it did not say.</summary>
    internal IReadOnlyList<Attachment>? ValidAttachments { get; init; }

    /// <summary>Packets from a pod with another's address, MAC address or router advertisements are dropped.</summary>
    internal bool AntiSpoofing { get; init; } = true;

    /// <summary>A node agent enforces NetworkPolicy: no pod starts before its table is there.</summary>
    internal bool NetworkPolicy { get; init; }

    internal IReadOnlyList<PortMapping> PortMappings { get; init; } = [];

    internal Bandwidth? Bandwidth { get; init; }

    /// <summary>Addresses this container is to have instead of any free ones.</summary>
    internal IReadOnlyList<IPAddress> RequestedAddresses { get; init; } = [];

    /// <summary>The MAC address this container is to have; null for one derived from the attachment.</summary>
    internal MacAddress? Mac { get; init; }

    /// <summary>GC: only write anew what somebody flushed; remove nothing. Safe beside a running ADD, as a real GC is not.</summary>
    internal bool RestoreOnly { get; init; }

    internal string NetworkDirectory => $"{StateDirectory}/{Name}";
}
