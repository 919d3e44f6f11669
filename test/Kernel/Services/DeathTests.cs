using System.Collections.Immutable;
using System.Net;
using Vitrine.Dataplane.Apply.Services;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Nft;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Services;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Kernel.Services;

/// <summary>Updates that end in the middle, and large ones beside traffic.</summary>
public sealed class DeathTests
{
    private const int Many = 10_000;

    [Fact]
    public void Killed_in_mid_update_every_service_is_its_old_self_or_its_new_one()
    {
        using var lab = new ServiceLab(2, 1);
        var node = lab.Lab.Nodes[0];
        using var nft = NftSocket.OpenIn(node.Netns.Handle);
        var skeleton = new ServiceSkeleton(ipv6: true);
        var table = new DyingTable(new NftServiceTable(nft, skeleton));
        var apply = new ServiceApply(table, skeleton);
        // Two ports each: mixed would be one that leads to web-0 and one that leads to web-1.
        var old = Cluster(lab, lab.Webs[0].V4);
        var next = Cluster(lab, lab.Webs[1].V4);
        apply.Update(ServicePlan.Compile(old, "node-1", lab.Rules));
        table.Left = 3;
        Assert.Throws<LinuxException>(() => apply.Update(ServicePlan.Compile(next, "node-1", lab.Rules, apply.Plan)));

        int[] sample = [.. Enumerable.Range(0, 40).Select(i => i * (Many / 40)), .. Enumerable.Range(0, 10)];
        var heard = sample.Select(i => (A: Name(lab, i, 80), B: Name(lab, i, 81))).ToArray();
        Assert.All(heard, h => Assert.Equal(h.A, h.B));
        Assert.Equal(["web-0", "web-1"], heard.Select(h => h.A).Distinct().Order());

        // The next process brings it to its end.
        new ServiceApply(new NftServiceTable(nft, skeleton), skeleton).Update(ServicePlan.Compile(next, "node-1", lab.Rules));
        Assert.All(sample, i => Assert.Equal("web-1", Name(lab, i, 81)));
    }

    [Fact]
    public async Task A_cold_start_with_ten_thousand_services_loses_no_packet()
    {
        using var lab = new ServiceLab(1, 1);
        lab.Apply();
        var node = lab.Lab.Nodes[0];
        using var stop = new CancellationTokenSource();
        var asking = Task.Run(() =>
        {
            var (asked, lost) = (0, 0);
            for (; !stop.IsCancellationRequested; asked++)
                lost += Client.Udp(lab.Clients[0].Netns, lab.Webs[0].V4, 8080).StartsWith("web-0", StringComparison.Ordinal) ? 0 : 1;
            return (asked, lost);
        });
        for (var i = 0; i < 3; i++)
        {
            using var nft = NftSocket.OpenIn(node.Netns.Handle);
            nft.TryDeleteTable(new NftTable(NftFamily.Inet, ServiceSkeleton.Name));
            var skeleton = new ServiceSkeleton(ipv6: true);
            new ServiceApply(new NftServiceTable(nft, skeleton), skeleton).Update(ServicePlan.Compile(Cluster(lab, lab.Webs[0].V4), "node-1", lab.Rules));
        }
        await stop.CancelAsync();
        var (asked, lost) = await asking;
        Assert.True(asked > 20, $"{asked} packets");
        Assert.Equal(0, lost);
    }

    private static string Name(ServiceLab lab, int service, int port) => Client.Tcp(lab.Clients[0].Netns, Vip(service), port).Split(' ')[0];

    private static IPAddress Vip(int i) => IPAddress.Parse($"10.96.{100 + i / 250}.{i % 250}");

    private static ClusterSnapshot Cluster(ServiceLab lab, IPAddress backend)
    {
        var services = ImmutableDictionary.CreateBuilder<string, Service>();
        var slices = ImmutableDictionary.CreateBuilder<string, ImmutableDictionary<string, EndpointSlice>>();
        for (var i = 0; i < Many; i++)
        {
            services[$"default/s{i}"] = new Service { Namespace = "default", Name = $"s{i}", Uid = $"{i}", ClusterIPs = [Vip(i)], Ports = [new ServicePort("a", "TCP", 80, "", 0), new ServicePort("b", "TCP", 81, "", 0)] };
            slices[$"default/s{i}"] = ImmutableDictionary<string, EndpointSlice>.Empty.Add("x", new EndpointSlice
            {
                Namespace = "default", Name = "x", ServiceName = $"s{i}", Ports = [new EndpointPort("a", "TCP", 8080), new EndpointPort("b", "TCP", 8080)], Endpoints = [new Endpoint { Address = backend, NodeName = "node-1" }],
            });
        }
        return lab.Lab.Snapshot with { Services = services.ToImmutable(), EndpointSlices = slices.ToImmutable() };
    }

    private sealed class DyingTable(IServiceTable table) : IServiceTable
    {
        public int Left { get; set; } = int.MaxValue;

        public ServiceContents? Read() => table.Read();

        public void Create() => table.Create();

        public void Commit(ServiceChanges changes, IReadOnlyDictionary<ServiceMode, uint> modes)
        {
            if (Left-- == 0)
                throw new LinuxException("change nftables", Errno.EIO, "killed");
            table.Commit(changes, modes);
        }
    }
}
