using System.Collections.Immutable;
using System.Net;
using System.Runtime.CompilerServices;
using k8s;
using k8s.Models;
using Vitrine.ApiServer.Objects;
using Vitrine.Model.Plans.Dns;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Unit.Model;

/// <summary>Golden/DnsPlan/CASE: in.yaml holds the objects, want.txt every record of the zone with the object it comes from.</summary>
public sealed class DnsPlanTests
{
    private static readonly ImmutableArray<IPAddress> Servers = [IPAddress.Parse("10.96.0.10"), IPAddress.Parse("fd00:96::a")];

    public static TheoryData<string> Cases => [.. Directory.GetDirectories(Folder()).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_zone_is_as_written_down(string name)
    {
        var folder = Path.Combine(Folder(), name);
        var got = DnsPlan.Compile(Snapshot(File.ReadAllText(Path.Combine(folder, "in.yaml"))), "cluster.local", Servers).ToString();
        var want = Path.Combine(folder, "want.txt");
        if (Environment.GetEnvironmentVariable("VITRINE_WRITE_GOLDEN") == "1")
            File.WriteAllText(want, got);
        Assert.Equal(File.ReadAllText(want), got);
    }

    [Theory]
    [InlineData("kubernetes.default.svc.cluster.local", DnsType.A, "kubernetes.default.svc.cluster.local. 30 IN A 10.96.0.1 ; service/default/kubernetes")]
    [InlineData("KUBERNETES.Default.svc.cluster.local.", DnsType.A, "kubernetes.default.svc.cluster.local. 30 IN A 10.96.0.1 ; service/default/kubernetes")]
    [InlineData("kubernetes.default.svc.cluster.local", DnsType.AAAA, "NoError")]
    [InlineData("missing.default.svc.cluster.local", DnsType.A, "NXDomain")]
    [InlineData("default.svc.cluster.local", DnsType.A, "NoError")]
    [InlineData("nowhere.svc.cluster.local", DnsType.A, "NXDomain")]
    [InlineData("10-1-2-3.default.pod.cluster.local", DnsType.A, "10-1-2-3.default.pod.cluster.local. 30 IN A 10.1.2.3 ; cluster")]
    [InlineData("10-1-2-3.nowhere.pod.cluster.local", DnsType.A, "NXDomain")]
    [InlineData("1.0.96.10.in-addr.arpa", DnsType.PTR, "1.0.96.10.in-addr.arpa. 30 IN PTR kubernetes.default.svc.cluster.local. ; service/default/kubernetes")]
    public void A_question_has_the_answer_and_the_object_it_comes_from(string name, DnsType type, string answer) =>
        Assert.Equal(answer, DnsPlan.Compile(Snapshot(File.ReadAllText(Path.Combine(Folder(), "cluster-ip", "in.yaml"))), "cluster.local", Servers).Resolve(name, type).ToString());

    [Fact]
    public void An_alias_leads_out_of_the_zone()
    {
        var answer = DnsPlan.Compile(Snapshot(File.ReadAllText(Path.Combine(Folder(), "external-name", "in.yaml"))), "cluster.local", Servers).Resolve("outside.default.svc.cluster.local", DnsType.A);
        Assert.Equal("www.example.com", answer.Outside);
        Assert.Equal(DnsType.CNAME, Assert.Single(answer.Sets).Type);
    }

    [Theory]
    [InlineData("10-0-0-1", "10.0.0.1")]
    [InlineData("fd00--1", "fd00::1")]
    [InlineData("--1", "::1")]
    [InlineData("10-0-0-256", null)]
    [InlineData("010-0-0-1", null)]
    [InlineData("10-0-1", null)]
    [InlineData("fe80--1%eth0", null)]
    [InlineData("web", null)]
    [InlineData("", null)]
    public void A_pods_label_is_its_address(string label, string? address) => Assert.Equal(address, PodRecord.AddressOf(label)?.ToString());

    internal static ClusterSnapshot Snapshot(string yaml)
    {
        var snapshot = ClusterSnapshot.Empty;
        foreach (var json in yaml.Split("---\n").Select(o => YamlTree.Parse(o, [])!))
            snapshot = (string)json["kind"]! switch
            {
                "Namespace" => SnapshotReader.Read(KubernetesJson.Deserialize<V1Namespace>(json.ToJsonString())) is var ns ? snapshot with { Namespaces = snapshot.Namespaces.Add(ns.Name, ns) } : snapshot,
                "Service" => ServiceReader.Read(KubernetesJson.Deserialize<V1Service>(json.ToJsonString())) is var service ? snapshot with { Services = snapshot.Services.Add(service.Key, service) } : snapshot,
                _ => snapshot.With(ServiceReader.Read(KubernetesJson.Deserialize<V1EndpointSlice>(json.ToJsonString()))!),
            };
        return snapshot;
    }

    private static string Folder([CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "Golden", "DnsPlan");
}
