using k8s.Models;
using Vitrine.Control.Endpoints;
using Vitrine.Model.Watching;
using Xunit;

namespace Vitrine.Unit.Control.Endpoints;

public sealed class EndpointStateTests
{
    private readonly EndpointState state = new();

    [Fact]
    public void A_pod_concerns_the_Services_that_select_it_now_or_did_before()
    {
        Service("a", new() { ["app"] = "a" });
        Service("both", new() { ["app"] = "a", ["tier"] = "front" });
        Service("none", null);
        Assert.Equal(["default/a"], Pod("p", new() { ["app"] = "a" }));
        Assert.Empty(Pod("p", new() { ["app"] = "a" }));
        Assert.Equal(["default/a"], Pod("p", new() { ["app"] = "a" }, ready: false));
        Assert.Equal(["default/a", "default/both"], Pod("p", new() { ["app"] = "a", ["tier"] = "front" }, ready: false).Order());
        Assert.Equal(["default/a", "default/both"], Pod("p", new() { ["app"] = "b" }, ready: false).Order());
        Assert.Empty(state.View("default/a").Pods);
        Assert.Empty(state.View("default/none").Pods);
    }

    [Fact]
    public void Pods_of_another_namespace_are_not_meant()
    {
        Service("a", new() { ["app"] = "a" });
        Assert.Empty(Pod("p", new() { ["app"] = "a" }, ns: "other"));
        Assert.Empty(state.View("default/a").Pods);
    }

    [Fact]
    public void A_list_takes_away_what_is_not_in_it()
    {
        Service("a", new() { ["app"] = "a" });
        Pod("p", new() { ["app"] = "a" });
        Assert.Equal(["default/a"], state.Apply(new WatchChange<V1Pod>(WatchChangeKind.Replaced, [], "9")));
        Assert.Empty(state.View("default/a").Pods);
        state.Apply(new WatchChange<V1Service>(WatchChangeKind.Replaced, [], "9"));
        Assert.Null(state.View("default/a").Service);
    }

    [Fact]
    public void An_older_watch_event_does_not_undo_what_was_written()
    {
        V1EndpointSlice written = Slice("s", 7), older = Slice("s", 5);
        state.Wrote(written);
        Assert.Empty(state.Apply(new WatchChange<V1EndpointSlice>(WatchChangeKind.Upserted, [older], "5")));
        Assert.Same(written, Assert.Single(state.View("default/a").Slices));
        Assert.Empty(state.Apply(new WatchChange<V1EndpointSlice>(WatchChangeKind.Replaced, [], "6")));
        Assert.Equal(["default/a"], state.Apply(new WatchChange<V1EndpointSlice>(WatchChangeKind.Deleted, [Slice("s", 8)], "8")));
        Assert.Empty(state.View("default/a").Slices);
    }

    [Fact]
    public void A_nodes_heartbeat_concerns_nobody()
    {
        Service("a", new() { ["app"] = "a" });
        Assert.Single(Node("z1"));
        Assert.Empty(Node("z1"));
        Assert.Single(Node("z2"));
    }

    private IReadOnlyCollection<string> Node(string zone) => state.Apply(new WatchChange<V1Node>(
        WatchChangeKind.Upserted, [new V1Node { Metadata = new V1ObjectMeta { Name = "n", Labels = new Dictionary<string, string> { ["topology.kubernetes.io/zone"] = zone } } }]));

    private void Service(string name, Dictionary<string, string>? selector) => state.Apply(new WatchChange<V1Service>(
        WatchChangeKind.Upserted, [new V1Service { Metadata = Make.Meta(name), Spec = new V1ServiceSpec { Type = "ClusterIP", Selector = selector } }]));

    private IReadOnlyCollection<string> Pod(string name, Dictionary<string, string> labels, bool ready = true, string ns = "default")
    {
        var pod = Make.Pod(name, ready: ready, labels: labels);
        pod.Metadata.NamespaceProperty = ns;
        pod.Status.PodIPs = [new V1PodIP { Ip = "10.0.0.1" }];
        return state.Apply(new WatchChange<V1Pod>(WatchChangeKind.Upserted, [pod]));
    }

    private static V1EndpointSlice Slice(string name, int version)
    {
        var meta = Make.Meta(name, labels: new Dictionary<string, string> { ["kubernetes.io/service-name"] = "a" });
        meta.ResourceVersion = $"{version}";
        return new V1EndpointSlice { Metadata = meta };
    }
}
