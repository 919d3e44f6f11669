using k8s.Models;
using Vitrine.Model.Snapshot;
using Vitrine.Model.Watching;
using Xunit;

namespace Vitrine.Unit.Model;

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

    private static WatchChange<T> Change<T>(WatchChangeKind kind, T value) => new(kind, [value], "1");

    private static V1Service Service(string name, string address) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "default" },
        Spec = new V1ServiceSpec { ClusterIP = address, ClusterIPs = [address], Type = "ClusterIP", Ports = [new V1ServicePort { Port = 80, Protocol = "TCP" }] },
    };

    private static V1EndpointSlice Slice(string name, string service, string address) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "default", Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = service } },
        AddressType = "IPv4", Ports = [new Discoveryv1EndpointPort { Port = 8080, Protocol = "TCP" }], Endpoints = [new V1Endpoint { Addresses = [address] }],
    };

    private static V1Endpoints Endpoints(params string[] addresses) => new()
    {
        Metadata = new V1ObjectMeta { Name = "web", NamespaceProperty = "default" },
        Subsets = [new V1EndpointSubset { Addresses = [.. addresses.Select(a => new V1EndpointAddress { Ip = a })], Ports = [new Corev1EndpointPort { Port = 8080, Protocol = "TCP" }] }],
    };
}
