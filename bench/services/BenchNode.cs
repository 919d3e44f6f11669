using System.Diagnostics;
using System.Net;
using Vitrine.Dataplane.Apply.Services;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Linux.Nft;
using Vitrine.Model.Plans;

namespace Vitrine.Bench.Services;

/// <summary>A node of one server pod and one client pod, connected to nothing else, and its service table.</summary>
internal sealed class BenchNode : IDisposable
{
    private static int made;
    private readonly List<(string Path, NetnsHandle Handle)> all = [];
    private readonly string directory;

    internal BenchNode(string directory)
    {
        this.directory = directory;
        var number = ++made;
        (Path, Netns) = Pin($"n{number}");
        Server = Pin($"n{number}s");
        Client = Pin($"n{number}c");
        using var routes = RtnetlinkSocket.OpenIn(Netns);
        routes.SetUp("lo");
        Netns.Run(() => NetSysctl.Write("ipv4/ip_forward", "1"));
        Connect(routes, "s", Server.Handle, BenchCluster.Server);
        Connect(routes, "c", Client.Handle, BenchCluster.Client);
        Nft = NftSocket.OpenIn(Netns);
        var skeleton = new ServiceSkeleton(ipv6: true);
        Apply = new ServiceApply(new NftServiceTable(Nft, skeleton), skeleton);
    }

    internal string Path { get; }

    internal NetnsHandle Netns { get; }

    internal (string Path, NetnsHandle Handle) Server { get; }

    internal (string Path, NetnsHandle Handle) Client { get; }

    internal NftSocket Nft { get; }

    internal ServiceApply Apply { get; }

    internal BenchNode WithServices(int services)
    {
        Apply.Update(ServicePlan.Compile(BenchCluster.Snapshot(services), "node-1"));
        return this;
    }

    internal BenchNode WithRuleset(string file)
    {
        Run("nsenter", $"--net={Path}", "nft", "-f", file);
        return this;
    }

    internal static string Run(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{string.Join(' ', command)}: {errors.Result}");
    }

    public void Dispose()
    {
        Nft.Dispose();
        foreach (var (path, handle) in all)
        {
            handle.Dispose();
            PinnedNetns.Remove(path);
        }
    }

    private (string Path, NetnsHandle Handle) Pin(string name)
    {
        var path = $"{directory}/{name}.netns";
        all.Add((path, PinnedNetns.Create(path)));
        return all[^1];
    }

    private static void Connect(RtnetlinkSocket node, string link, NetnsHandle pod, IPAddress address)
    {
        MacAddress host = new(0x02_00_00_00_00_01), own = new(0x02_00_00_00_00_02);
        var gateway = IPAddress.Parse("169.254.1.1");
        node.CreateVeth(new VethSpec(link, "eth0") { PeerNetns = pod, Mac = host, PeerMac = own });
        node.SetUp(link);
        var index = node.GetLink(link).Index;
        node.ReplaceNeighbour(index, address, own);
        using var inside = RtnetlinkSocket.OpenIn(pod);
        inside.SetUp("lo");
        inside.SetUp("eth0");
        var eth0 = inside.GetLink("eth0").Index;
        inside.AddAddress(eth0, address, 32);
        inside.ReplaceNeighbour(eth0, gateway, host);
        inside.AddRoute(new RouteSpec(IPNetwork.Parse("0.0.0.0/0")) { Gateway = gateway, LinkIndex = eth0, OnLink = true });
        node.ReplaceRoute(new RouteSpec(new IPNetwork(address, 32)) { LinkIndex = index });
    }
}
