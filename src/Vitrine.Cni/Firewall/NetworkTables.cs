using System.Net;
using Vitrine.Cni.Config;
using Vitrine.Cni.Ipam;
using Vitrine.Cni.Wiring;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Nft;

namespace Vitrine.Cni.Firewall;

/// <summary>
/// Both tables for the pods of one network. A table that somebody flushed is written anew from the leases, for all pods of the network, by whoever
/// comes by next: ADD, or GC.
/// </summary>
internal sealed class NetworkTables(NftSocket nft, NetworkConfig config)
{
    private readonly AntiSpoofTable antiSpoof = AntiSpoofTable.For(config.Mode);

    internal void Admit(Lease lease, string? pod) => 
        antiSpoof.Admit(nft, Subject(lease, pod), () => Leases().Where(l => l.Link != lease.Link).Select(l => Subject(l, null)));

    internal void Publish(RtnetlinkSocket host, Lease lease, string? pod, Link? bridge)
    {
        HostPorts.Publish(nft, Published(lease, pod), owner => IsGone(host, owner),
            () => [.. Leases().Where(l => l.Ports.Count > 0 && l.Link != lease.Link).Select(l => Published(l, null))]);
        // After the guard stands. On a bridge it is the bridge that the host sends by.
        if (lease.Ports.Any(p => p.IncludesLoopback))
            host.SetLink(bridge?.Name ?? lease.Link, new LinkChange { RouteLocalnet = true });
    }

    /// <summary>GC: what is missing for the pods that live.</summary>
    internal void Restore()
    {
        var living = Leases().ToList();
        if (config.AntiSpoofing)
            antiSpoof.Restore(nft, [.. living.Select(l => Subject(l, null))]);
        HostPorts.Restore(nft, [.. living.Where(l => l.Ports.Count > 0).Select(l => Published(l, null))]);
    }

    /// <summary>CHECK: what is missing for one pod, in words, or null.</summary>
    internal string? Missing(Lease lease) =>
        (config.AntiSpoofing ? antiSpoof.Missing(nft, Subject(lease, null)) : null)
        ?? (HostPorts.Missing(nft, config.PortMappings, lease.Addresses) is { } mapping ? $"host port {mapping}" : null);

    /// <summary>DEL: host ports must not lead to an address that is free. What antispoofing knows of a link that is gone harms nobody and waits for the sweep.</summary>
    internal static void Withdraw(string link)
    {
        using var nft = NftTables.TryOpen();
        if (nft is not null)
            HostPorts.Withdraw(nft, owner => owner.Link == link);
    }

    /// <summary>Entries of one network whose link is gone, whatever became of it.</summary>
    internal static void Sweep(string network, Func<string, bool> linkExists)
    {
        using var nft = NftTables.TryOpen();
        if (nft is null)
            return;
        AntiSpoofTable.Sweep(nft, network, linkExists);
        HostPorts.Withdraw(nft, owner => owner.Network == network && owner.Link.StartsWith(HostLink.Prefix, StringComparison.Ordinal) && !linkExists(owner.Link));
    }

    private static bool IsGone(RtnetlinkSocket host, EntryOwner owner) =>
        owner.Link.StartsWith(HostLink.Prefix, StringComparison.Ordinal) && (host.FindLink(owner.Link) is not { } link || link.Group == HostLink.DeletionGroup);

    private List<Lease> Leases()
    {
        using var host = RtnetlinkSocket.Open();
        var links = host.ListLinks().Where(l => l.Group != HostLink.DeletionGroup).Select(l => l.Name).ToHashSet();
        using var leases = LeaseFile.Open(config.NetworkDirectory);
        return [.. leases.Table.Leases.Where(l => links.Contains(l.Link))];
    }

    private PublishedPod Published(Lease lease, string? pod) =>
        new(Owner(lease, pod), lease.Ports, lease.Addresses, config.Mode == WiringMode.Bridge ? config.Bridge : null);

    private EntryOwner Owner(Lease lease, string? pod) => EntryOwner.Of(lease.Link, config.Name, lease.Attachment, pod);

    private SpoofSubject Subject(Lease lease, string? pod) =>
        new(Owner(lease, pod), lease.Mac ?? HostLink.Of(config.Name, lease.Attachment).PodMac, lease.Addresses);
}
