using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.PodSecurity;
using Vitrine.Unit.ApiServer.Verbs;
using Xunit;

namespace Vitrine.Unit.ApiServer.PodSecurity;

public sealed class PodSecurityTests
{
    private const string Good = """{"securityContext":{"runAsNonRoot":true,"seccompProfile":{"type":"RuntimeDefault"}},"containers":[{"name":"a","securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}""";

    [Theory]
    [InlineData("""{"hostNetwork":true,"hostPID":true,"containers":[]}""", "host namespaces (hostNetwork=true, hostPID=true)")]
    [InlineData("""{"volumes":[{"name":"v","hostPath":{"path":"/"}}],"containers":[]}""", "hostPath volumes (volume \"v\")")]
    [InlineData("""{"containers":[{"name":"a","ports":[{"hostPort":80}]},{"name":"b","ports":[{"hostPort":81}]}]}""", "hostPort (containers \"a\", \"b\" use hostPorts 80, 81)")]
    [InlineData("""{"containers":[{"name":"a","securityContext":{"privileged":true}}]}""", "privileged (container \"a\" must not set securityContext.privileged=true)")]
    [InlineData("""{"initContainers":[{"name":"i","securityContext":{"privileged":true}}],"containers":[]}""", "privileged (container \"i\" must not set securityContext.privileged=true)")]
    [InlineData("""{"containers":[{"name":"a","securityContext":{"capabilities":{"add":["CHOWN","SYS_ADMIN","NET_ADMIN"]}}}]}""", "non-default capabilities (container \"a\" must not include \"NET_ADMIN\", \"SYS_ADMIN\" in securityContext.capabilities.add)")]
    [InlineData("""{"containers":[{"name":"a","securityContext":{"procMount":"Unmasked"}}]}""", "procMount (container \"a\" must not set securityContext.procMount to \"Unmasked\")")]
    [InlineData("""{"securityContext":{"seccompProfile":{"type":"Unconfined"}},"containers":[]}""", "seccompProfile (pod must not set securityContext.seccompProfile.type to \"Unconfined\")")]
    [InlineData("""{"securityContext":{"sysctls":[{"name":"kernel.msgmax"},{"name":"net.ipv4.tcp_rmem"}]},"containers":[]}""", "forbidden sysctls (kernel.msgmax)")]
    [InlineData("""{"securityContext":{"seLinuxOptions":{"type":"spc_t","user":"u"}},"containers":[]}""", "seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type \"spc_t\"; user may not be set)")]
    [InlineData("""{"securityContext":{"appArmorProfile":{"type":"Unconfined"}},"containers":[]}""", "forbidden AppArmor profile (pod must not set AppArmor profile type to \"Unconfined\")")]
    [InlineData("""{"containers":[{"name":"a"}]}""", "")]
    public void Baseline_keeps_pods_in(string spec, string faults) => Assert.Equal(faults, Faults("baseline", "latest", spec));

    [Theory]
    [InlineData("""{"containers":[{"name":"a"}]}""", "allowPrivilegeEscalation != false (container \"a\" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container \"a\" must set securityContext.capabilities.drop=[\"ALL\"]), runAsNonRoot != true (pod or container \"a\" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container \"a\" must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")")]
    [InlineData(Good, "")]
    public void Restricted_hardens_them(string spec, string faults) => Assert.Equal(faults, Faults("restricted", "latest", spec));

    [Fact]
    public void Restricted_replaces_what_it_sharpens()
    {
        var spec = JsonNode.Parse(Good)!.AsObject();
        spec["volumes"] = new JsonArray(new JsonObject { ["name"] = "v", ["hostPath"] = new JsonObject() }, new JsonObject { ["name"] = "w", ["emptyDir"] = new JsonObject() });
        spec["containers"]![0]!["securityContext"]!["runAsUser"] = 0;
        spec["containers"]![0]!["securityContext"]!["capabilities"]!["add"] = new JsonArray("NET_BIND_SERVICE");
        Assert.Equal("restricted volume types (volume \"v\" uses restricted volume type \"hostPath\"), runAsUser=0 (container \"a\" must not set runAsUser=0)", Faults("restricted", "latest", spec.ToJsonString()));
    }

    [Fact]
    public void An_older_version_asks_for_less()
    {
        const string Spec = """{"securityContext":{"runAsNonRoot":true,"sysctls":[{"name":"net.ipv4.tcp_rmem"}]},"containers":[{"name":"a","securityContext":{"allowPrivilegeEscalation":false,"runAsUser":0}}]}""";
        Assert.Equal("forbidden sysctls (net.ipv4.tcp_rmem)", Faults("restricted", "v1.18", Spec));
        Assert.Contains("runAsUser=0", Faults("restricted", "v1.23", Spec), StringComparison.Ordinal);
        Assert.DoesNotContain("sysctls", Faults("restricted", "v1.32", Spec), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Labels_of_the_namespace_refuse_and_warn()
    {
        await using var server = await TestServer.StartAsync(kinds: KindList.All);
        Assert.Equal(201, (await server.PostAsync("/api/v1/namespaces", """{"metadata":{"name":"tight","labels":{"pod-security.kubernetes.io/enforce":"baseline","pod-security.kubernetes.io/warn":"restricted","pod-security.kubernetes.io/warn-version":"v1.24"}}}""")).Code);
        const string Pods = "/api/v1/namespaces/tight/pods";
        var (code, body) = await server.PostAsync(Pods, """{"metadata":{"name":"p"},"spec":{"hostNetwork":true,"containers":[{"name":"c","image":"i"}]}}""");
        Assert.Equal((403, "pods \"p\" is forbidden: violates PodSecurity \"baseline:latest\": host namespaces (hostNetwork=true)"), (code, (string?)body["message"]));
        Assert.Contains("would violate PodSecurity \\\"restricted:v1.24\\\": allowPrivilegeEscalation != false", await WarningAsync(server, Pods, """{"metadata":{"name":"q"},"spec":{"containers":[{"name":"c","image":"i"}]}}"""), StringComparison.Ordinal);
        Assert.Contains("would violate PodSecurity", await WarningAsync(server, "/apis/apps/v1/namespaces/tight/deployments", """{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"hostNetwork":true,"containers":[{"name":"c","image":"i"}]}}}}"""), StringComparison.Ordinal);
        Assert.Equal(201, (await server.PostAsync("/api/v1/namespaces/default/pods", """{"metadata":{"name":"p"},"spec":{"hostNetwork":true,"containers":[{"name":"c","image":"i"}]}}""")).Code);
        using (HttpRequestMessage raise = new(HttpMethod.Patch, "/api/v1/namespaces/default") { Content = new StringContent("""{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"baseline"}}}""", System.Text.Encoding.UTF8, "application/merge-patch+json") })
        {
            using var raised = await server.Admin.SendAsync(raise);
            Assert.Equal(["299 - \"existing pods in namespace \\\"default\\\" violate the new PodSecurity enforce level \\\"baseline:latest\\\"\"", "299 - \"p: host namespaces (hostNetwork=true)\""], raised.Headers.GetValues("Warning"));
        }
        var (bad, why) = await server.PostAsync("/api/v1/namespaces", """{"metadata":{"name":"n","labels":{"pod-security.kubernetes.io/enforce":"tight","pod-security.kubernetes.io/audit-version":"1.2"}}}""");
        Assert.Equal(422, bad);
        Assert.Contains("must be one of privileged, baseline, restricted", (string?)why["message"], StringComparison.Ordinal);
        Assert.Contains("must be \"latest\" or \"v1.x\"", (string?)why["message"], StringComparison.Ordinal);
    }

    private static async Task<string> WarningAsync(TestServer server, string path, string body)
    {
        using var answer = await server.Admin.PostAsync(path, new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal(201, (int)answer.StatusCode);
        return string.Join('\n', answer.Headers.GetValues("Warning"));
    }

    private static string Faults(string level, string version, string spec) => new SecurityLevel(level, version).Faults(new JsonObject { ["metadata"] = new JsonObject(), ["spec"] = JsonNode.Parse(spec) });
}
