using System.Text.Json;
using CsCheck;
using k8s;
using k8s.Models;
using Vitrine.Model.Snapshot;
using Vitrine.Model.Watching;
using Xunit;

namespace Vitrine.Unit.Model.Watching;

/// <summary>What is read straight from JSON is what the client's object would have said.</summary>
public sealed class LeanReaderTests
{
    private static readonly string[] Words = ["a", "web", "Running", "Failed", "True", "False", "TCP", "UDP", "10.0.0.1", "fd00::1", "no address", ""];
    private static readonly Gen<string> Word = Any(Words);

    // Samples are drawn by several threads, and a reader is one watch's.
    private readonly ThreadLocal<LeanReader> readers = new(static () => new LeanReader());

    private LeanReader Reader => readers.Value!;

    [Fact]
    public void Pods_read_as_the_client_reads_them() => Pods.Sample(pod =>
    {
        var typed = SnapshotReader.Read(Typed<V1Pod>(pod));
        var lean = Reader.Pod(JsonDocument.Parse(pod).RootElement);
        Assert.True(SameRecords.Same(typed, lean), pod);
        Assert.Equal((typed.Key, typed.Finished, typed.SchedulerName), (lean.Key, lean.Finished, lean.SchedulerName));
    });

    [Fact]
    public void Ports_of_sidecars_are_a_pods_too_and_what_inits_say_is_not()
    {
        var pod = SnapshotReader.Read(Typed<V1Pod>(
            """{"metadata":{"namespace":"default","name":"a","uid":"u"},"spec":{"containers":[{"name":"c","ports":[{"containerPort":80}]}],"initContainers":[{"name":"i","ports":[{"containerPort":1,"hostPort":1}]},{"name":"s","restartPolicy":"Always","ports":[{"containerPort":81,"hostPort":8081,"hostIP":"10.0.0.1"}]}]}}"""));
        Assert.Equal([("c", 80, 0, null), ("s", 81, 8081, "10.0.0.1")], pod.Ports.Select(p => (p.Container, p.Port, p.HostPort, p.HostAddress?.ToString())));
        Assert.Equal([new HostPort("10.0.0.1", "TCP", 8081)], pod.Scheduling!.HostPorts);
    }

    [Fact]
    public void Slices_read_as_the_client_reads_them() => Slices.Sample(slice =>
    {
        var typed = ServiceReader.Read(Typed<V1EndpointSlice>(slice));
        var lean = Reader.Slice(JsonDocument.Parse(slice).RootElement);
        if (typed is null)
            Assert.Equal("", lean.ServiceName);
        else
            Assert.True(typed.Key == lean.Key && SameRecords.Same(typed, lean), slice);
    });

    [Fact]
    public void A_slice_of_v1beta1_says_node_and_zone_in_its_topology()
    {
        var slice = Reader.Slice(JsonDocument.Parse(
            """{"metadata":{"namespace":"default","name":"web-x","labels":{"kubernetes.io/service-name":"web"}},"addressType":"IPv4","ports":[{"name":"","port":80,"protocol":"TCP"}],"endpoints":[{"addresses":["10.244.1.2"],"conditions":{"ready":true},"topology":{"kubernetes.io/hostname":"n1","topology.kubernetes.io/zone":"a"},"targetRef":{"kind":"Pod","namespace":"default","name":"web-1"}}]}""").RootElement);
        var endpoint = Assert.Single(slice.Endpoints);
        Assert.Equal(("n1", "a", "default/web-1", true), (endpoint.NodeName, endpoint.Zone, endpoint.Pod, endpoint.Serving));
    }

    [Fact]
    public void What_pods_of_one_set_say_alike_is_kept_once()
    {
        Pod One(string name, string hash) => Reader.Pod(JsonDocument.Parse(
            $$$"""{"metadata":{"namespace":"shop","name":"{{{name}}}","uid":"{{{name}}}","labels":{"app":"web","pod-template-hash":"{{{hash}}}"}},"spec":{"nodeName":"n1","containers":[{"name":"c","ports":[{"containerPort":80}]}]},"status":{"phase":"Running"}}""").RootElement);
        Pod a = One("a", "1"), b = One("b", "1"), other = One("c", "2");
        Assert.Same(a.Labels, b.Labels);
        Assert.NotSame(a.Labels, other.Labels);
        Assert.Same(a.NodeName, other.NodeName);
        Assert.Equal(a.Ports, other.Ports);
        Assert.Same(a.Ports[0], other.Ports[0]);
    }

    private static Gen<T> Any<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static T Typed<T>(string json) => KubernetesJson.Deserialize<T>(json);

    private static Gen<string> Pods =>
        from name in Any("a", "b")
        from labels in Gen.Select(Word.Where(w => w.Length > 0), Word).Array[0, 3]
        from flags in Gen.Bool.Array[8]
        from phase in Word
        from dns in Any("", "ClusterFirst", "ClusterFirstWithHostNet", "Default")
        from ips in Word.Array[0, 2]
        from ports in Gen.Select(Gen.Int[1, 65535], Word, Gen.Bool, Any<int?>(null, 8080), Word).Array[0, 3]
        from init in Any<string?>(null, "Always")
        from condition in Gen.Select(Any("Ready", "PodScheduled"), Any("True", "False")).Array[0, 2]
        select JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["metadata"] = Some(
                ("namespace", "default"), ("name", name), ("uid", "u"), ("creationTimestamp", "2026-11-27T07:00:00Z"), ("deletionTimestamp", flags[0] ? "2026-11-27T08:00:00Z" : null),
                ("labels", flags[1] ? null : labels.DistinctBy(l => l.Item1).ToDictionary(l => l.Item1, l => l.Item2)),
                ("annotations", flags[2] ? new Dictionary<string, string> { ["kubernetes.io/config.mirror"] = "m" } : null),
                ("ownerReferences", flags[3] ? new[] { new { apiVersion = "v1", kind = "X", name = "x", uid = "o", controller = flags[4] } } : null)),
            ["spec"] = Some(
                ("nodeName", flags[5] ? "n1" : null), ("hostNetwork", flags[6] ? (object)true : null), ("dnsPolicy", dns.Length == 0 ? null : dns), ("dnsConfig", flags[7] ? new object() : null),
                ("containers", new[] { new { name = "c", ports = ports.Select(Port) } }), ("initContainers", new[] { Some(("name", "i"), ("restartPolicy", init), ("ports", ports.Take(1).Select(Port))) })),
            ["status"] = Some(("phase", phase.Length == 0 ? null : phase), ("podIPs", ips.Select(i => new { ip = i })), ("conditions", condition.Select(c => new { type = c.Item1, status = c.Item2 }))),
        });

    private static Dictionary<string, object> Port((int Number, string Name, bool Udp, int? Host, string At) port) =>
        Some(("containerPort", port.Number), ("name", port.Name), ("protocol", port.Udp ? "UDP" : null), ("hostPort", port.Host), ("hostIP", port.At));

    private static Gen<string> Slices =>
        from type in Any("IPv4", "IPv6", "FQDN")
        from labelled in Gen.Bool
        from ports in Gen.Select(Word, Any<int?>(null, 80), Any<string?>(null, "UDP", "TCP")).Array[0, 2]
        from endpoints in Gen.Select(Word.Array[1, 2], Any<bool?>(null, true, false).Array[3], Word, Gen.Bool.Array[2]).Array[0, 4]
        select JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["metadata"] = Some(("namespace", "default"), ("name", "s"), ("labels", labelled ? new Dictionary<string, string> { [EndpointSlice.ServiceNameLabel] = "web" } : null)),
            ["addressType"] = type,
            ["ports"] = ports.Select(p => Some(("name", p.Item1), ("port", p.Item2), ("protocol", p.Item3))),
            ["endpoints"] = endpoints.Select(e => Some(
                ("addresses", e.Item1), ("conditions", Some(("ready", e.Item2[0]), ("serving", e.Item2[1]), ("terminating", e.Item2[2]))), ("nodeName", e.Item3), ("zone", e.Item3), ("hostname", e.Item3),
                ("targetRef", e.Item4[0] ? new { kind = "Pod", @namespace = "default", name = "p" } : null), ("hints", e.Item4[1] ? new { forZones = new[] { new { name = "z" } } } : null))),
        });

    /// <summary>Fields that are null are left out, as the API leaves them out.</summary>
    private static Dictionary<string, object> Some(params (string Name, object? Value)[] fields) => fields.Where(f => f.Value is not null).ToDictionary(f => f.Name, f => f.Value!);
}
