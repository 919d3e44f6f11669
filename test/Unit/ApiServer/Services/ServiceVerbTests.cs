using System.Net;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Services;
using Vitrine.Unit.ApiServer.Verbs;
using Xunit;

namespace Vitrine.Unit.ApiServer.Services;

/// <summary>Services as a client meets them: defaults, addresses and ports, changes of type, refusals.</summary>
public sealed class ServiceVerbTests : IAsyncLifetime
{
    private const string All = "/api/v1/namespaces/default/services";
    private TestServer server = null!;

    public async ValueTask InitializeAsync() => server = await StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_Service_gets_its_defaults_and_an_address_above_the_lower_band()
    {
        var spec = await MadeAsync("web", "{ports: [{port: 80}], selector: {app: a}}");
        Assert.Equal("ClusterIP", (string?)spec["type"]);
        Assert.Equal("None", (string?)spec["sessionAffinity"]);
        Assert.Equal("Cluster", (string?)spec["internalTrafficPolicy"]);
        Assert.Null(spec["externalTrafficPolicy"]);
        Assert.Equal("SingleStack", (string?)spec["ipFamilyPolicy"]);
        Assert.Equal("""["IPv4"]""", spec["ipFamilies"]!.ToJsonString());
        Assert.Equal("""[{"port":80,"protocol":"TCP","targetPort":80}]""", spec["ports"]!.ToJsonString());
        Assert.Equal((string?)spec["clusterIP"], (string?)spec["clusterIPs"]![0]);
        var address = IPAddress.Parse((string)spec["clusterIP"]!).GetAddressBytes();
        Assert.InRange(address[3], 17, 254);
    }

    [Fact]
    public async Task Families_follow_the_policy()
    {
        Assert.Equal(["IPv4"], Families(await MadeAsync("a", "{ports: [{port: 1}]}")));
        Assert.Equal(["IPv4", "IPv6"], Families(await MadeAsync("b", "{ports: [{port: 1}], ipFamilyPolicy: PreferDualStack}")));
        Assert.Equal(["IPv6", "IPv4"], Families(await MadeAsync("c", "{ports: [{port: 1}], ipFamilyPolicy: RequireDualStack, ipFamilies: [IPv6]}")));
        Assert.Equal(["IPv6"], Families(await MadeAsync("d", "{ports: [{port: 1}], ipFamilies: [IPv6]}")));
        var both = await MadeAsync("e", "{ports: [{port: 1}], ipFamilies: [IPv4, IPv6]}");
        Assert.Equal("RequireDualStack", (string?)both["ipFamilyPolicy"]);
        Assert.Equal(2, both["clusterIPs"]!.AsArray().Count);
        var none = await MadeAsync("f", "{clusterIP: None, selector: {app: a}, ipFamilyPolicy: PreferDualStack}");
        Assert.Equal(["IPv4", "IPv6"], Families(none));
        Assert.Equal("""["None"]""", none["clusterIPs"]!.ToJsonString());
    }

    [Fact]
    public async Task An_address_can_be_asked_for_once()
    {
        Assert.Equal("10.96.0.10", (string?)(await MadeAsync("dns", "{ports: [{port: 53}], clusterIP: 10.96.0.10}"))["clusterIP"]);
        await RefusedAsync("again", "{ports: [{port: 53}], clusterIP: 10.96.0.10}", "failed to allocate IP 10.96.0.10: provided IP is already allocated");
        await RefusedAsync("out", "{ports: [{port: 53}], clusterIP: 10.97.0.10}", "the provided IP (10.97.0.10) is not in the valid range. The range of valid IPs is 10.96.0.0/24");
        await RefusedAsync("first", "{ports: [{port: 53}], clusterIP: 10.96.0.1}", "provided IP is already allocated");
        await server.DeleteAsync($"{All}/dns");
        await MadeAsync("again", "{ports: [{port: 53}], clusterIP: 10.96.0.10}");
    }

    [Fact]
    public async Task No_two_of_many_at_once_get_the_same_and_none_is_left_over()
    {
        // 253 addresses, without the API server's own.
        var answers = await Task.WhenAll(Enumerable.Range(0, 260).Select(i => CreateAsync($"s{i}", "{type: NodePort, ports: [{port: 80}]}")));
        var made = answers.Where(a => a.Code == 201).Select(a => a.Body["spec"]!).ToArray();
        Assert.Equal(253, made.Length);
        Assert.Equal(253, made.Select(s => (string?)s["clusterIP"]).Distinct().Count());
        Assert.Equal(253, made.Select(s => (int)s["ports"]![0]!["nodePort"]!).Distinct().Count());
        Assert.All(answers.Where(a => a.Code != 201), a => Assert.Contains("range is full", (string?)a.Body["message"], StringComparison.Ordinal));
    }

    [Fact]
    public async Task Node_ports_are_one_range_for_all_protocols_and_shared_within_a_Service()
    {
        var spec = await MadeAsync("dns", "{type: NodePort, ports: [{name: udp, port: 53, protocol: UDP}, {name: tcp, port: 53}]}");
        Assert.Equal((int)spec["ports"]![0]!["nodePort"]!, (int)spec["ports"]![1]!["nodePort"]!);
        await MadeAsync("fixed", "{type: NodePort, ports: [{name: a, port: 53, protocol: UDP, nodePort: 30053}, {name: b, port: 54, nodePort: 30053}]}");
        await RefusedAsync("other", "{type: NodePort, ports: [{port: 53, protocol: SCTP, nodePort: 30053}]}", "spec.ports[0].nodePort: Invalid value: 30053: provided port is already allocated");
        await RefusedAsync("low", "{type: NodePort, ports: [{port: 53, nodePort: 80}]}", "The range of valid ports is 30000-32767");
        await RefusedAsync("wrong", "{ports: [{port: 53, nodePort: 30054}]}", "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'");
    }

    [Fact]
    public async Task Types_change_in_both_directions_and_give_back_what_they_no_longer_need()
    {
        await MadeAsync("web", "{ports: [{port: 80}], selector: {app: a}}");
        var address = (string?)(await SpecAsync("web"))["clusterIP"];
        var balancer = await PatchAsync("web", """{"spec":{"type":"LoadBalancer","externalTrafficPolicy":"Local"}}""");
        var (port, health) = ((int)balancer["ports"]![0]!["nodePort"]!, (int)balancer["healthCheckNodePort"]!);
        Assert.NotEqual(port, health);
        Assert.True((bool)balancer["allocateLoadBalancerNodePorts"]!);
        Assert.Equal(address, (string?)balancer["clusterIP"]);

        var node = await PatchAsync("web", """{"spec":{"type":"NodePort"}}""");
        Assert.Equal(port, (int)node["ports"]![0]!["nodePort"]!);
        Assert.Null(node["healthCheckNodePort"]);
        Assert.Null(node["allocateLoadBalancerNodePorts"]);
        await MadeAsync("takes", $"{{type: NodePort, ports: [{{port: 1, nodePort: {health}}}]}}");

        var plain = await PatchAsync("web", """{"spec":{"type":"ClusterIP"}}""");
        Assert.Null(plain["ports"]![0]!["nodePort"]);
        Assert.Null(plain["externalTrafficPolicy"]);
        await MadeAsync("takes-too", $"{{type: NodePort, ports: [{{port: 1, nodePort: {port}}}]}}");

        var name = await PatchAsync("web", """{"spec":{"type":"ExternalName","externalName":"example.com"}}""");
        Assert.Null(name["clusterIP"]);
        Assert.Null(name["ipFamilies"]);
        await MadeAsync("takes-the-address", $"{{ports: [{{port: 1}}], clusterIP: {address}}}");
        Assert.NotNull((await PatchAsync("web", """{"spec":{"type":"ClusterIP","externalName":null}}"""))["clusterIP"]);
    }

    [Fact]
    public async Task A_manifest_sent_again_keeps_what_was_handed_out()
    {
        var before = await MadeAsync("web", "{type: NodePort, ports: [{port: 80}], ipFamilyPolicy: PreferDualStack}");
        var (code, body) = await server.SendAsync(HttpMethod.Put, $"{All}/web", "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {type: NodePort, ports: [{port: 80}, {port: 81, name: b}]}}".Replace("{port: 80}", "{port: 80, name: a}", StringComparison.Ordinal), "application/yaml");
        Assert.True(code == 200, body.ToJsonString());
        Assert.Equal(before["clusterIPs"]!.ToJsonString(), body["spec"]!["clusterIPs"]!.ToJsonString());
        Assert.Equal("PreferDualStack", (string?)body["spec"]!["ipFamilyPolicy"]);
    }

    [Fact]
    public async Task The_address_of_a_Service_stays()
    {
        await MadeAsync("web", "{ports: [{port: 80}], ipFamilyPolicy: PreferDualStack}");
        Assert.Contains("spec.clusterIPs[0]: Invalid value: [\"10.96.0.77\"", await RefusedPatchAsync("web", """{"spec":{"clusterIP":"10.96.0.77","clusterIPs":null}}"""), StringComparison.Ordinal);
        Assert.Contains("spec.ipFamilies[0]", await RefusedPatchAsync("web", """{"spec":{"ipFamilies":["IPv6","IPv4"]}}"""), StringComparison.Ordinal);
        Assert.Single((await PatchAsync("web", """{"spec":{"ipFamilyPolicy":"SingleStack"}}"""))["clusterIPs"]!.AsArray());
        Assert.Equal(2, (await PatchAsync("web", """{"spec":{"ipFamilyPolicy":"RequireDualStack"}}"""))["clusterIPs"]!.AsArray().Count);
    }

    [Fact]
    public async Task External_addresses_are_refused_unless_allowed()
    {
        var (code, body) = await CreateAsync("grab", "{ports: [{port: 80}], externalIPs: [192.0.2.1]}");
        Assert.Equal(403, code);
        Assert.Contains("Use of external IPs is denied by admission control.", (string?)body["message"], StringComparison.Ordinal);
        await using var open = await StartAsync(allowExternalIPs: true);
        Assert.Equal(201, (await CreateAsync("grab", "{ports: [{port: 80}], externalIPs: [192.0.2.1]}", open)).Code);
        Assert.Equal(422, (await CreateAsync("worse", "{ports: [{port: 80}], externalIPs: [127.0.0.1]}", open)).Code);
    }

    [Fact]
    public async Task Ports_are_patched_by_their_number()
    {
        await MadeAsync("web", "{ports: [{name: a, port: 80}, {name: b, port: 81}]}");
        var spec = await PatchAsync("web", """{"spec":{"ports":[{"port":81,"targetPort":"http"}]}}""");
        Assert.Equal([80, 81], spec["ports"]!.AsArray().Select(p => (int)p!["port"]!));
        Assert.Equal("http", (string?)spec["ports"]![1]!["targetPort"]);
    }

    [Fact]
    public async Task What_cannot_be_is_refused_with_the_field()
    {
        await RefusedAsync("a", "{}", "spec.ports: Required value");
        await RefusedAsync("a", "{ports: [{port: 80}, {port: 81}]}", "spec.ports[0].name: Required value");
        await RefusedAsync("a", "{ports: [{port: 0}]}", "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive");
        await RefusedAsync("a", "{type: ExternalName}", "spec.externalName: Required value");
        await RefusedAsync("a", "{type: NodePort, clusterIP: None, ports: [{port: 80}]}", "may not be set to 'None' for NodePort services");
        await RefusedAsync("a", "{ports: [{port: 80}], externalTrafficPolicy: Local}", "may only be set for externally-accessible services");
        await RefusedAsync("a", "{ports: [{port: 80}], loadBalancerSourceRanges: [10.0.0.0/8]}", "may only be set when `type` is 'LoadBalancer'");
        await RefusedAsync("a", "{type: LoadBalancer, ports: [{port: 80}], loadBalancerSourceRanges: [10.0.0.0/33]}", "must be a valid CIDR value");
        await RefusedAsync("a", "{ports: [{port: 80}], sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 86401}}}", "must be greater than 0 and less than 86400");
        await RefusedAsync("a", "{ports: [{port: 80}], ipFamilies: [IPv4, IPv4]}", "spec.ipFamilies[1]: Duplicate value");
        await RefusedAsync("a", "{ports: [{port: 80}], ipFamilyPolicy: SingleStack, ipFamilies: [IPv4, IPv6]}", "must be RequireDualStack or PreferDualStack");
    }

    [Fact]
    public async Task A_single_family_cluster_refuses_what_needs_two()
    {
        await using var single = await StartAsync(families: 1);
        Assert.Equal(422, (await CreateAsync("a", "{ports: [{port: 80}], ipFamilyPolicy: RequireDualStack}", single)).Code);
        Assert.Equal(422, (await CreateAsync("a", "{ports: [{port: 80}], ipFamilies: [IPv6]}", single)).Code);
        Assert.Equal(["IPv4"], Families((await CreateAsync("a", "{ports: [{port: 80}], ipFamilyPolicy: PreferDualStack}", single)).Body["spec"]!.AsObject()));
    }

    [Fact]
    public async Task Endpoints_never_name_the_node_itself()
    {
        foreach (var address in (string[])["127.0.0.1", "169.254.169.254", "::1", "fe80::1", "0.0.0.0", "224.0.0.1"])
        {
            var family = address.Contains(':', StringComparison.Ordinal) ? "IPv6" : "IPv4";
            Assert.Equal(422, (await server.SendAsync(HttpMethod.Post, "/api/v1/namespaces/default/endpoints", $"{{apiVersion: v1, kind: Endpoints, metadata: {{name: a}}, subsets: [{{addresses: [{{ip: '{address}'}}], ports: [{{port: 80}}]}}]}}", "application/yaml")).Code);
            Assert.Equal(422, (await server.SendAsync(HttpMethod.Post, "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices", $"{{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {{name: a}}, addressType: {family}, endpoints: [{{addresses: ['{address}']}}], ports: []}}", "application/yaml")).Code);
        }
    }

    private static Task<TestServer> StartAsync(bool allowExternalIPs = false, int families = 2) => TestServer.StartAsync(
        kinds: [CoreKinds.Namespace, CoreKinds.Service, CoreKinds.Endpoints, DiscoveryKinds.EndpointSlice],
        services: new ServiceRanges { Cidrs = [.. new[] { IPNetwork.Parse("10.96.0.0/24"), IPNetwork.Parse("fd00:96::/112") }.Take(families)], AllowExternalIPs = allowExternalIPs });

    private Task<(int Code, JsonObject Body)> CreateAsync(string name, string spec, TestServer? at = null) =>
        (at ?? server).SendAsync(HttpMethod.Post, All, $"{{apiVersion: v1, kind: Service, metadata: {{name: {name}}}, spec: {spec}}}", "application/yaml");

    private async Task<JsonObject> MadeAsync(string name, string spec)
    {
        var (code, body) = await CreateAsync(name, spec);
        Assert.True(code == 201, body.ToJsonString());
        return body["spec"]!.AsObject();
    }

    private async Task RefusedAsync(string name, string spec, string why)
    {
        var (code, body) = await CreateAsync(name, spec);
        Assert.Equal(422, code);
        Assert.Contains(why, (string?)body["message"], StringComparison.Ordinal);
    }

    private async Task<JsonObject> SpecAsync(string name) => (await server.GetAsync($"{All}/{name}")).Body["spec"]!.AsObject();

    private async Task<JsonObject> PatchAsync(string name, string patch)
    {
        var (code, body) = await server.SendAsync(HttpMethod.Patch, $"{All}/{name}", patch, "application/strategic-merge-patch+json");
        Assert.True(code == 200, body.ToJsonString());
        return body["spec"]!.AsObject();
    }

    private async Task<string> RefusedPatchAsync(string name, string patch)
    {
        var (code, body) = await server.SendAsync(HttpMethod.Patch, $"{All}/{name}", patch, "application/strategic-merge-patch+json");
        Assert.Equal(422, code);
        return (string)body["message"]!;
    }

    private static string[] Families(JsonObject spec) => [.. spec["ipFamilies"]!.AsArray().Select(f => (string)f!)];
}
