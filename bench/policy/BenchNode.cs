using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using Vitrine.Bench.Network;
using Vitrine.Dataplane.Apply.Policies;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Linux.Nft;

namespace Vitrine.Bench.Policy;

/// <summary>A node of a server pod and a client pod, connected to nothing else. Connections are tracked, as Services have them anyway.</summary>
internal sealed class BenchNode : IDisposable
{
    private static int made;
    private readonly List<(string Path, NetnsHandle Handle)> all = [];
    private readonly string directory, path;
    private readonly NetnsHandle netns;
    private readonly RtnetlinkSocket routes;
    private readonly NftSocket nft;

    internal BenchNode(string directory)
    {
        this.directory = directory;
        var number = ++made;
        (path, netns) = Pin($"n{number}");
        routes = RtnetlinkSocket.OpenIn(netns);
        nft = NftSocket.OpenIn(netns);
        netns.Run(() => NetSysctl.Write("ipv4/ip_forward", "1"));
        Server = Connect($"n{number}s", "s", BenchTown.Server);
        Client = Connect($"n{number}c", "c", BenchTown.Client);
        Nft("add table inet tracked; add chain inet tracked forward { type filter hook forward priority filter; }; add rule inet tracked forward ct state invalid drop");
        var skeleton = new PolicySkeleton(ipv6: true);
        Apply = new PolicyApply(new NftPolicyTable(nft, skeleton), skeleton);
        // The other pods of the node are links by name alone.
        Links = [.. Enumerable.Range(0, BenchTown.Pods).Select(i => new PodLink(i == 0 ? "s" : i == 1 ? "c" : $"x{i}", $"uid-{i}", $"town/pod-{i}", false, false, [BenchTown.Own(i)]))];
    }

    internal BenchPod Server { get; }

    internal BenchPod Client { get; }

    internal PolicyApply Apply { get; }

    internal ImmutableArray<PodLink> Links { get; }

    internal void Nft(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("nsenter", [$"--net={path}", "nft", .. arguments]) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException(errors);
    }

    public void Dispose()
    {
        nft.Dispose();
        routes.Dispose();
        foreach (var (pinned, handle) in all)
        {
            handle.Dispose();
            PinnedNetns.Remove(pinned);
        }
    }

    private (string Path, NetnsHandle Handle) Pin(string name)
    {
        var pinned = $"{directory}/{name}.netns";
        all.Add((pinned, PinnedNetns.Create(pinned)));
        return all[^1];
    }

    private BenchPod Connect(string name, string link, IPAddress address)
    {
        var pod = Pin(name);
        MacAddress host = new(0x02_00_00_00_00_01), own = new(0x02_00_00_00_00_02);
        var gateway = IPAddress.Parse("169.254.1.1");
        routes.CreateVeth(new VethSpec(link, "eth0") { PeerNetns = pod.Handle, Mac = host, PeerMac = own });
        routes.SetUp(link);
        var index = routes.GetLink(link).Index;
        routes.ReplaceNeighbour(index, address, own);
        using var inside = RtnetlinkSocket.OpenIn(pod.Handle);
        inside.SetUp("lo");
        inside.SetUp("eth0");
        var eth0 = inside.GetLink("eth0").Index;
        inside.AddAddress(eth0, address, 32);
        inside.ReplaceNeighbour(eth0, gateway, host);
        inside.AddRoute(new RouteSpec(IPNetwork.Parse("0.0.0.0/0")) { Gateway = gateway, LinkIndex = eth0, OnLink = true });
        routes.ReplaceRoute(new RouteSpec(new IPNetwork(address, 32)) { LinkIndex = index });
        return new BenchPod(pod.Path, pod.Handle, address);
    }
}
