using System.Collections.Immutable;
using System.Net;
using k8s.Models;
using Vitrine.Model.Snapshot;
using Vitrine.Model.Watching;
using Xunit;

namespace Vitrine.Unit.Model.Watching;

public sealed class SnapshotChangesTests
{
    private readonly HashSet<string> concerned = [];

    [Fact]
    public void A_service_that_is_new_changed_or_gone_is_named()
    {
        var snapshot = ClusterSnapshot.Empty.Read(Change(WatchChangeKind.Upserted, Service("web", "10.96.0.1")), concerned);
        Assert.Equal("10.96.0.1", Assert.Single(snapshot.Services["default/web"].ClusterIPs).ToString());
        snapshot = snapshot.Read(Change(WatchChangeKind.Deleted, Service("web", "10.96.0.1")), concerned);
        Assert.Empty(snapshot.Services);
        Assert.Equal(["default/web"], concerned);
    }

    [Fact]
    public void A_new_list_names_what_it_lacks_and_what_it_holds()
    {
        var snapshot = ClusterSnapshot.Empty.Read(Change(WatchChangeKind.Upserted, Service("old", "10.96.0.1")), []).Read(Change(WatchChangeKind.Upserted, Slice("old-a", "old", "10.244.1.2")), []);
        snapshot = snapshot.Read(Change(WatchChangeKind.Replaced, Service("new", "10.96.0.2")), concerned);
        Assert.Equal(["default/new"], snapshot.Services.Keys);
        Assert.Equal(["default/new", "default/old"], concerned.Order(StringComparer.Ordinal));

        concerned.Clear();
        snapshot = snapshot.Read(Change(WatchChangeKind.Replaced, Slice("new-a", "new", "10.244.1.3")), concerned);
        Assert.Equal(["default/new"], snapshot.EndpointSlices.Keys);
        Assert.Equal(["default/new", "default/old"], concerned.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_slice_whose_label_names_another_service_leaves_the_first()
    {
        var snapshot = ClusterSnapshot.Empty.Read(Change(WatchChangeKind.Upserted, Slice("x", "first", "10.244.1.2")), []);
        snapshot = snapshot.Read(Change(WatchChangeKind.Upserted, Slice("x", "second", "10.244.1.2")), concerned);
        Assert.Equal(["default/second"], snapshot.EndpointSlices.Keys);
        Assert.Equal(["default/first", "default/second"], concerned.Order(StringComparer.Ordinal));
        snapshot = snapshot.Read(Change(WatchChangeKind.Deleted, Slice("x", "second", "10.244.1.2")), concerned);
        Assert.Empty(snapshot.EndpointSlices);
    }

    [Fact]
    public void Endpoints_are_slices_where_there_are_no_others()
    {
        var snapshot = ClusterSnapshot.Empty.Read(Change(WatchChangeKind.Upserted, Endpoints("10.244.1.2", "fd00::2")), concerned);
        Assert.Equal(["default/web"], concerned);
        Assert.Equal(2, snapshot.SlicesOf("default/web").Values.Sum(s => s.Endpoints.Length));
        snapshot = snapshot.Read(Change(WatchChangeKind.Upserted, Endpoints("10.244.1.3")), concerned);
        Assert.Equal("10.244.1.3", Assert.Single(Assert.Single(snapshot.SlicesOf("default/web").Values).Endpoints).Address.ToString());
        Assert.Empty(snapshot.Read(Change(WatchChangeKind.Deleted, Endpoints("10.244.1.3")), concerned).EndpointSlices);
    }

    [Fact]
    public void What_says_the_same_again_changes_nothing()
    {
        var snapshot = ClusterSnapshot.Empty.Read(Change(WatchChangeKind.Replaced, Node())).Read(Change(WatchChangeKind.Upserted, Pod())).Read(Change(WatchChangeKind.Upserted, Service("web", "10.96.0.1")), [])
            .Read(Change(WatchChangeKind.Upserted, Slice("a", "web", "10.244.1.2")), []);
        foreach (var kind in new[] { WatchChangeKind.Upserted, WatchChangeKind.Replaced })
        {
            Assert.Same(snapshot, snapshot.Read(Change(kind, Node())));
            Assert.Same(snapshot, snapshot.Read(Change(kind, Pod())));
            Assert.Same(snapshot, snapshot.Read(Change(kind, Service("web", "10.96.0.1")), concerned));
            Assert.Same(snapshot.Pods, SnapshotChanges.Read(snapshot.Pods, Change(kind, Pod()), concerned));
        }
        Assert.Same(snapshot, snapshot.Read(Change(WatchChangeKind.Upserted, Slice("a", "web", "10.244.1.2")), concerned));
        Assert.Empty(concerned);
        Assert.NotSame(snapshot, snapshot.Read(Change(WatchChangeKind.Upserted, Node(ready: false))));
        Assert.NotSame(snapshot, snapshot.Read(Change(WatchChangeKind.Upserted, Node(zone: "b"))));
        Assert.NotSame(snapshot, snapshot.Read(Change(WatchChangeKind.Upserted, Pod("Failed"))));
        Assert.NotSame(snapshot, snapshot.Read(Change(WatchChangeKind.Upserted, Service("web", "10.96.0.2")), concerned));
        Assert.NotSame(snapshot, snapshot.Read(Change(WatchChangeKind.Upserted, Slice("a", "web", "10.244.1.3")), concerned));
    }

    private static WatchChange<T> Change<T>(WatchChangeKind kind, T value) => new(kind, [value], "1");

    private static Service Service(string name, string address) => ServiceReader.Read(new V1Service
    {
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "default" },
        Spec = new V1ServiceSpec { ClusterIP = address, ClusterIPs = [address], Type = "ClusterIP", Ports = [new V1ServicePort { Port = 80, Protocol = "TCP" }] },
    });

    private static EndpointSlice Slice(string name, string service, string address) => new()
    {
        Namespace = "default", Name = name, ServiceName = service, Ports = [new EndpointPort("", "TCP", 8080)], Endpoints = [new Endpoint { Address = IPAddress.Parse(address) }],
    };

    private static ServedEndpoints Endpoints(params string[] addresses) => new("default", "web", [.. EndpointsReader.Read(new V1Endpoints
    {
        Metadata = new V1ObjectMeta { Name = "web", NamespaceProperty = "default" },
        Subsets = [new V1EndpointSubset { Addresses = [.. addresses.Select(a => new V1EndpointAddress { Ip = a })], Ports = [new Corev1EndpointPort { Port = 8080, Protocol = "TCP" }] }],
    })]);

    private static Node Node(bool ready = true, string zone = "a") => new()
    {
        Name = "n0", Uid = "u", Ready = ready, Allocatable = default, Addresses = [IPAddress.Parse("192.0.2.1")], PodCidrs = [IPNetwork.Parse("10.244.0.0/24")],
        Labels = ImmutableDictionary<string, string>.Empty.Add("topology.kubernetes.io/zone", zone),
    };

    private static Pod Pod(string phase = "Running") => new() { Namespace = "default", Name = "p", Uid = "u", SchedulerName = "", Requests = default, Phase = phase, Addresses = [IPAddress.Parse("10.244.0.2")] };
}
