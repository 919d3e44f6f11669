using System.Net;
using Vitrine.Explaining;
using Vitrine.Linux.Conntrack;
using Vitrine.Mapping;
using Vitrine.Model.Snapshot;
using Vitrine.Unit.Model.Policies;
using Xunit;

namespace Vitrine.Unit.Mapping;

/// <summary>Connections as every node on their way remembers them, told once and by rate.</summary>
public sealed class FlowRatesTests
{
    private readonly ClusterSnapshot town = PolicyTown.Of("none");
    private readonly FlowRates rates = new();

    private string Web => $"{town.Pods["shop/web-1"].Addresses[0]}";

    private string Db => $"{town.Pods["shop/db"].Addresses[0]}";

    [Fact]
    public void A_connection_is_told_once_where_its_sender_is()
    {
        var line = Assert.Single(Next(0, [Flow(Web, 40_000, Db, 5432, 100)], [Flow(Web, 40_000, Db, 5432, 100)]));
        Assert.Equal(new RateLine("pod/shop/web-1", null, "pod/shop/db", "tcp", 5432, 1, 0, 0), line);
    }

    [Fact]
    public void Rates_are_what_came_since_the_last_look()
    {
        Next(0, [Flow(Web, 40_000, Db, 5432, 100)], []);
        var line = Assert.Single(Next(2, [Flow(Web, 40_000, Db, 5432, 1_100), Flow(Web, 40_001, Db, 5432, 600) with { Stands = false }], []));
        Assert.Equal((1, 0.5, 800.0), (line.Connections, line.NewPerSecond, line.BytesPerSecond));
    }

    [Fact]
    public void A_number_that_fell_is_another_connections()
    {
        Next(0, [Flow(Web, 40_000, Db, 5432, 9_000)], []);
        Assert.Equal(500, Assert.Single(Next(1, [Flow(Web, 40_000, Db, 5432, 500)], [])).BytesPerSecond);
    }

    [Fact]
    public void Where_the_kernel_does_not_count_connections_are_all_that_is_known()
    {
        Next(0, [Flow(Web, 40_000, Db, 5432, null)], []);
        var line = Assert.Single(Next(1, [Flow(Web, 40_000, Db, 5432, null), Flow(Web, 40_001, Db, 5432, null)], []));
        Assert.Equal((2, 1.0, (double?)null), (line.Connections, line.NewPerSecond, line.BytesPerSecond));
    }

    [Fact]
    public void A_Service_is_named_beside_the_pod_that_answers()
    {
        var flow = new ConntrackFlow(6, Point(Web, 40_000), Point("10.96.0.10", 53), Point(Db, 5353), Point(Web, 40_000));
        var line = Assert.Single(Next(0, [flow], []));
        Assert.Equal(("service/kube-system/kube-dns", "pod/shop/db", 5353), (line.Service, line.Destination, line.Port));
    }

    [Fact]
    public void Who_is_no_pod_is_told_where_the_pod_is_that_answers()
    {
        // From outside, by the node that took it in and the node that has the pod; and a node's own probe.
        var outside = Flow("192.0.2.7", 50_000, Db, 5432, 10);
        var probe = Flow("10.96.0.10", 50_001, Db, 5432, 10);
        Assert.Equal(["192.0.2.7", "node/node-2"], Next(0, [outside], [outside, probe]).Select(l => l.Source));
        Assert.Empty(Next(1, [Flow("192.0.2.7", 1, "192.0.2.8", 80, 10)], []));
    }

    private IReadOnlyList<RateLine> Next(double seconds, ConntrackFlow[] one, ConntrackFlow[] two) =>
        rates.Next(new Dictionary<string, IReadOnlyList<ConntrackFlow>> { ["node-1"] = one, ["node-2"] = two }, town, new AddressNames(town), TimeSpan.FromSeconds(seconds));

    private static ConntrackFlow Flow(string source, int sourcePort, string destination, int port, ulong? bytes) =>
        new(6, Point(source, sourcePort), Point(destination, port), Point(destination, port), Point(source, sourcePort)) { Counted = bytes is { } b ? new FlowCount(1, b) : null };

    private static IPEndPoint Point(string address, int port) => new(IPAddress.Parse(address), port);
}
