using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Vitrine.Dns;
using Vitrine.Dns.Apply;
using Vitrine.Kernel.Dataplane;
using Vitrine.Model.Snapshot;

namespace Vitrine.Kernel.Dns;

/// <summary>DNS of one node of a lab, which knows one name, and the other nodes. Disposed of, what it made of the kernel stays, as after an agent.</summary>
internal sealed class NodeDns : IDisposable
{
    public const string Name = "web.default.svc.cluster.local";
    public static readonly ImmutableArray<IPAddress> Addresses = [DnsLab.V4, DnsLab.V6];
    private readonly DnsService service = new(new DnsOptions { Addresses = Addresses }, TimeProvider.System);
    private readonly CancellationTokenSource stop = new();
    private readonly AddressLoop address;
    private readonly LabNode node;
    private readonly NeighbourDns neighbours;
    private readonly Task running;

    /// <param name="node">where it runs</param>
    /// <param name="answer">what it answers for <see cref="Name"/></param>
    public NodeDns(LabNode node, string answer)
    {
        this.node = node;
        var web = new Service { Namespace = "default", Name = "web", Uid = "web", ClusterIPs = [IPAddress.Parse(answer)] };
        service.Update(ClusterSnapshot.Empty with
        {
            Services = ImmutableDictionary<string, Service>.Empty.Add(web.Key, web),
            Namespaces = ImmutableDictionary<string, Namespace>.Empty.Add("default", new Namespace("default", "d", false)),
        }, [web.Key]);
        address = node.Netns.Handle.Run(() => new AddressLoop(Addresses, NullLogger.Instance, TimeProvider.System));
        address.Pass();
        node.Netns.Handle.Run(() =>
        {
            service.Listen();
            address.Here();
        });
        neighbours = new NeighbourDns(node.Node.Name, door => node.Netns.Handle.Run(() => service.Listen(door)), address, NullLogger.Instance);
        running = service.RunAsync(stop.Token);
    }

    /// <summary>It hears of the nodes.</summary>
    public void Update(ClusterSnapshot snapshot)
    {
        neighbours.Update(snapshot);
        address.Pass();
    }

    /// <summary>The first line of the answer, or what dig says instead.</summary>
    public static string Dig(ThrowAwayNetns from, IPAddress server, string options = "") => Nft.Shell(from, $"dig @{server} +short +tries=1 +time=1 {options} {Name} A || true").Trim().Split('\n')[0];

    public void Dispose()
    {
        if (stop.IsCancellationRequested)
            return;
        stop.Cancel();
        running.ContinueWith(_ => { }, TaskScheduler.Default).Wait();
        service.Dispose();
        address.Dispose();
    }
}
