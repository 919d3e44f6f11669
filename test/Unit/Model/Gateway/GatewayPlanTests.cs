using System.Collections.Immutable;
using System.Net;
using System.Runtime.CompilerServices;
using CsCheck;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Model.Snapshot;
using Vitrine.Model.Watching;
using Xunit;

namespace Vitrine.Unit.Model.Gateway;

/// <summary>Golden/GatewayPlan/CASE: in.yaml holds the objects, want.txt the plan with the object and field behind each rule.</summary>
public sealed class GatewayPlanTests
{
    public static TheoryData<string> Cases => [.. Directory.GetDirectories(Folder()).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_plan_is_as_written_down(string name)
    {
        var folder = Path.Combine(Folder(), name);
        var compiler = new GatewayCompiler();
        var got = GatewayPlanText.Write(compiler.Compile(GatewayObjects.Read(File.ReadAllText(Path.Combine(folder, "in.yaml"))))) + GatewayReportText.Write(compiler);
        var want = Path.Combine(folder, "want.txt");
        if (Environment.GetEnvironmentVariable("VITRINE_WRITE_GOLDEN") == "1")
            File.WriteAllText(want, got);
        Assert.Equal(File.ReadAllText(want), got);
    }

    /// <summary>However a cluster came to be what it is, the plan is the one of the cluster.</summary>
    [Fact]
    public void A_plan_made_step_by_step_is_the_plan_made_at_once() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 6], Gen.Int[0, 3]).Array[1, 30].Sample(steps =>
        {
            var (snapshot, compiler) = (Town(0), new GatewayCompiler());
            foreach (var (what, which, number) in steps)
            {
                var key = $"default/i{which}";
                snapshot = what switch
                {
                    0 => snapshot with { Ingresses = snapshot.Ingresses.Remove(key) },
                    1 => snapshot with { Ingresses = snapshot.Ingresses.SetItem(key, Ingress(which, $"h{number}")) },
                    2 => snapshot with { Ingresses = snapshot.Ingresses.SetItem(key, Ingress(which, $"h{number}") with { Settings = Canary(number * 10) }) },
                    3 => snapshot with { Services = number == 0 ? snapshot.Services.Remove($"default/s{which}") : snapshot.Services.SetItem($"default/s{which}", Service(which, 80 + number)) },
                    4 => snapshot.With(Slice(which, number)),
                    _ => snapshot with { IngressClasses = number == 0 ? snapshot.IngressClasses.Clear() : snapshot.IngressClasses.SetItem("v", new IngressClass("v", GatewayCompiler.IngressController)) },
                };
                Assert.Equal(GatewayPlanText.Write(new GatewayCompiler().Compile(snapshot)), GatewayPlanText.Write(compiler.Compile(snapshot)));
            }
        });

    /// <summary>The same of the Gateway API, with the objects of all cases above coming and going.</summary>
    [Fact]
    public void Gateways_step_by_step_are_Gateways_at_once()
    {
        var all = Directory.GetDirectories(Folder(), "gateway-*").Order(StringComparer.Ordinal).Select(d => GatewayObjects.Read(File.ReadAllText(Path.Combine(d, "in.yaml")))).ToArray();
        Gen.Select(Gen.Int[0, all.Length - 1], Gen.Int[0, 12], Gen.Bool).Array[1, 25].Sample(steps =>
        {
            var (snapshot, compiler) = (ClusterSnapshot.Empty, new GatewayCompiler());
            foreach (var (which, what, there) in steps)
            {
                var from = all[which];
                snapshot = what switch
                {
                    < 8 when GatewayResources.All[what % GatewayResources.All.Length] is var r => r.Set(snapshot, there ? r.Get(snapshot).SetItems(r.Get(from)) : r.Get(snapshot).RemoveRange(r.Get(from).Keys)),
                    8 => snapshot with { Services = there ? snapshot.Services.SetItems(from.Services) : snapshot.Services.RemoveRange(from.Services.Keys) },
                    9 => snapshot with { EndpointSlices = there ? from.EndpointSlices : snapshot.EndpointSlices.Clear() },
                    10 => snapshot with { Secrets = there ? from.Secrets : snapshot.Secrets.Clear(), ConfigMaps = from.ConfigMaps },
                    11 => snapshot with { Namespaces = there ? from.Namespaces : snapshot.Namespaces.Clear() },
                    _ => from,
                };
                var fresh = new GatewayCompiler();
                Assert.Equal(GatewayPlanText.Write(fresh.Compile(snapshot)) + GatewayReportText.Write(fresh), GatewayPlanText.Write(compiler.Compile(snapshot)) + GatewayReportText.Write(compiler));
            }
        });
    }

    [Fact]
    public void An_endpoint_that_changes_costs_its_upstream_and_a_route_its_host()
    {
        var (snapshot, compiler) = (Town(20), new GatewayCompiler());
        var first = compiler.Compile(snapshot);
        var second = compiler.Compile(snapshot = snapshot.With(Slice(3, 5)));
        Assert.Equal(first.Listeners, second.Listeners);
        Assert.Equal(["default/s3:81"], second.Upstreams.Keys.Where(k => !ReferenceEquals(first.Upstreams[k], second.Upstreams[k])));
        var third = compiler.Compile(snapshot with { Ingresses = snapshot.Ingresses.SetItem("default/i4", Ingress(4, "h4") with { Settings = Canary(0).Clear().Add("app-root", "/x") }) });
        Assert.Equal(["h4"], third.Listeners[0].Hosts.Where(h => !second.Listeners[0].Hosts.Contains(h, ReferenceEqualityComparer.Instance)).Select(h => h.Host));
    }

    private static ClusterSnapshot Town(int ingresses)
    {
        var snapshot = ClusterSnapshot.Empty with { IngressClasses = ImmutableDictionary<string, IngressClass>.Empty.Add("v", new IngressClass("v", GatewayCompiler.IngressController)) };
        for (var i = 0; i < ingresses; i++)
            snapshot = (snapshot with
            {
                Ingresses = snapshot.Ingresses.Add($"default/i{i}", Ingress(i, $"h{i}")), Services = snapshot.Services.Add($"default/s{i}", Service(i, 81)),
            }).With(Slice(i, 2));
        return snapshot;
    }

    private static ImmutableSortedDictionary<string, string> Canary(int weight) =>
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("canary", "true").Add("canary-weight", $"{weight}");

    private static Ingress Ingress(int i, string host) => new()
    {
        Namespace = "default", Name = $"i{i}", ClassName = "v", Rules = [new IngressRule(host, [new IngressPath("/", "Prefix", new IngressBackend($"s{i}", "", 81))])],
    };

    private static Service Service(int i, int port) => new() { Namespace = "default", Name = $"s{i}", Uid = $"s{i}", ClusterIPs = [IPAddress.Parse($"10.96.0.{i + 1}")], Ports = [new ServicePort("", "TCP", port, "80", 0)] };

    private static EndpointSlice Slice(int i, int endpoints) => new()
    {
        Namespace = "default", Name = $"s{i}-a", ServiceName = $"s{i}", Ports = [new EndpointPort("", "TCP", 8080)],
        Endpoints = [.. Enumerable.Range(1, endpoints).Select(n => new Endpoint { Address = IPAddress.Parse($"10.244.{n}.{i + 1}"), NodeName = $"node-{n}" })],
    };

    internal static string Folder([CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "../Golden/GatewayPlan");
}
