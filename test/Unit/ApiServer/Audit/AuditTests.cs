using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Vitrine.ApiServer.Access;
using Vitrine.ApiServer.Audit;
using Vitrine.ApiServer.Auth;
using Vitrine.ApiServer.Kinds;
using Vitrine.Unit.ApiServer.Verbs;
using Xunit;

namespace Vitrine.Unit.ApiServer.Audit;

public sealed class AuditTests : IDisposable
{
    private const string Core = "/api/v1/namespaces/default";
    private readonly string folder = Directory.CreateTempSubdirectory("vitrine-audit-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Who_did_what_is_written_and_nothing_that_is_secret()
    {
        var lines = await LinesAsync("""
            {apiVersion: audit.k8s.io/v1, kind: Policy, rules: [
              {level: None, verbs: [list]},
              {level: RequestResponse, resources: [{group: "", resources: [configmaps]}]},
              {level: Metadata}]}
            """, async server =>
        {
            await server.PostAsync($"{Core}/secrets", """{"metadata":{"name":"s"},"stringData":{"password":"hunter2"}}""");
            await server.GetAsync($"{Core}/secrets");
            await server.PostAsync($"{Core}/configmaps", """{"metadata":{"name":"c"},"data":{"a":"visible"}}""");
            using var bob = server.User("bob");
            await TestServer.AskAsync(bob, HttpMethod.Delete, $"{Core}/configmaps/c");
            await TestServer.AskAsync(server.Admin, HttpMethod.Get, $"{Core}/configmaps/c", headers: ("Impersonate-User", "eve"));
            using var stranger = server.Client(null);
            await TestServer.AskAsync(stranger, HttpMethod.Get, $"{Core}/pods/p");
        });
        Assert.DoesNotContain(lines, static l => l.ToJsonString().Contains("hunter2", StringComparison.Ordinal));
        var secret = Assert.Single(lines, static l => (string?)l["objectRef"]?["resource"] == "secrets");
        Assert.Equal(("Metadata", "create", "admin", 201), ((string?)secret["level"], (string?)secret["verb"], (string?)secret["user"]!["username"], (int)secret["responseStatus"]!["code"]!));
        Assert.Equal("allow", (string?)secret["annotations"]!["authorization.k8s.io/decision"]);
        var made = Assert.Single(lines, static l => (string?)l["objectRef"]?["resource"] == "configmaps" && (string?)l["verb"] == "create");
        Assert.Equal(("visible", "visible"), ((string?)made["requestObject"]!["data"]!["a"], (string?)made["responseObject"]!["data"]!["a"]));
        Assert.NotNull((string?)made["responseObject"]!["metadata"]!["uid"]);
        var refused = Assert.Single(lines, static l => (string?)l["user"]!["username"] == "bob");
        Assert.Equal((403, "forbid"), ((int)refused["responseStatus"]!["code"]!, (string?)refused["annotations"]!["authorization.k8s.io/decision"]));
        Assert.Equal("eve", (string?)Assert.Single(lines, static l => l["impersonatedUser"] is not null)["impersonatedUser"]!["username"]);
        Assert.Contains(lines, static l => (string?)l["user"]!["username"] == "system:anonymous" && (int)l["responseStatus"]!["code"]! == 401);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "audit.log")));
    }

    [Fact]
    public async Task A_full_file_is_set_aside_and_ten_are_kept()
    {
        var path = Path.Combine(folder, "a.log");
        await using (var log = AuditLog.Open(path, AuditPolicy.Everything, NullLogger.Instance, TimeProvider.System, most: 1000))
        {
            for (var i = 0; i < 300; i++)
            {
                await log.WriteAsync(new JsonObject { ["line"] = new string('x', 400) });
                await Task.Delay(i % 20 == 0 ? 5 : 0);
            }
        }
        Assert.InRange(Directory.GetFiles(folder).Length, 3, 11);
        Assert.All(Directory.GetFiles(folder), static f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(f)));
        Assert.All(File.ReadLines(path), static l => Assert.NotNull(JsonNode.Parse(l)));
    }

    [Theory]
    [InlineData("apiVersion: v1\nkind: Pod", "no Policy of audit.k8s.io/v1")]
    [InlineData("apiVersion: audit.k8s.io/v1\nkind: Policy", "rules: there is none")]
    [InlineData("apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Much}]", "rules[0].level: \"Much\" is none of")]
    [InlineData("[", "cannot be used")]
    public void A_policy_that_cannot_be_is_refused_by_name(string text, string why)
    {
        var file = Path.Combine(folder, "policy.yaml");
        File.WriteAllText(file, text);
        var error = Assert.Throws<IOException>(() => AuditPolicy.Load(file));
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("users: [bob]", "get", "", "pods", "", true)]
    [InlineData("users: [eve]", "get", "", "pods", "", false)]
    [InlineData("userGroups: [dev]", "get", "", "pods", "", true)]
    [InlineData("verbs: [create]", "get", "", "pods", "", false)]
    [InlineData("""resources: [{group: "", resources: [pods]}]""", "get", "", "pods", "log", false)]
    [InlineData("""resources: [{group: "", resources: ["pods/*"]}]""", "get", "", "pods", "log", true)]
    [InlineData("""resources: [{group: "", resources: ["*/log"]}]""", "get", "", "pods", "log", true)]
    [InlineData("resources: [{group: apps}]", "get", "", "pods", "", false)]
    [InlineData("namespaces: [kube-system]", "get", "", "pods", "", false)]
    [InlineData("nonResourceURLs: [/x]", "get", "", "pods", "", false)]
    public void The_first_rule_that_holds_decides(string rule, string verb, string group, string resource, string sub, bool holds)
    {
        var policy = AuditPolicy.Parse($"apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- {{level: Request, {rule}}}\n- {{level: Metadata}}");
        var question = new AccessQuestion(new ClientUser("bob", ["dev"], DateTimeOffset.MaxValue), verb, group, resource) { Subresource = sub, Namespace = "default" };
        Assert.Equal(holds ? AuditLevel.Request : AuditLevel.Metadata, policy.LevelOf(question));
    }

    private async Task<JsonObject[]> LinesAsync(string policy, Func<TestServer, Task> requests)
    {
        var (file, path) = (Path.Combine(folder, "policy.yaml"), Path.Combine(folder, "audit.log"));
        await File.WriteAllTextAsync(file, policy);
        await using (var server = await TestServer.StartAsync(kinds: KindList.All, audit: (path, file)))
        {
            await requests(server);
        }
        return [.. File.ReadLines(path).Select(static l => JsonNode.Parse(l)!.AsObject())];
    }
}
