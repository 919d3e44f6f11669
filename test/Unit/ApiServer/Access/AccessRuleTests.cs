using Vitrine.ApiServer.Access;
using Vitrine.ApiServer.Auth;
using Xunit;

namespace Vitrine.Unit.ApiServer.Access;

public sealed class AccessRuleTests
{
    private static readonly ClientUser Bob = new("bob", [ClientUser.Authenticated], DateTimeOffset.MaxValue);

    [Theory]
    [InlineData("get", "", "pods", "", "a", true)]
    [InlineData("list", "", "pods", "", "", true)]
    [InlineData("watch", "", "pods", "", "", false)]
    [InlineData("get", "apps", "pods", "", "a", false)]
    [InlineData("get", "", "pods", "log", "a", false)]
    [InlineData("get", "", "services", "", "a", false)]
    public void A_rule_is_of_verbs_groups_and_resources(string verb, string group, string resource, string sub, string name, bool allowed) =>
        Assert.Equal(allowed, Rule("get,list", "", "pods").Allows(Ask(verb, group, resource, sub, name)));

    [Theory]
    [InlineData("pods/log", "pods", "log", true)]
    [InlineData("pods/log", "pods", "", false)]
    [InlineData("pods/log", "pods", "exec", false)]
    [InlineData("*/scale", "deployments", "scale", true)]
    [InlineData("*/scale", "deployments", "", false)]
    [InlineData("*/scale", "deployments", "status", false)]
    [InlineData("*", "deployments", "status", true)]
    [InlineData("pods/*", "pods", "log", false)]
    [InlineData("pod*", "pods", "", false)]
    public void Subresources_are_granted_by_themselves(string granted, string resource, string sub, bool allowed) =>
        Assert.Equal(allowed, Rule("get", "*", granted).Allows(Ask("get", "apps", resource, sub, "a")));

    [Fact]
    public void Names_restrict_and_do_not_reach_collections()
    {
        var rule = Rule("*", "", "configmaps") with { };
        var named = new AccessRule(["*"], [""], ["configmaps"], ["a", "b"], []);
        Assert.True(rule.Allows(Ask("create", "", "configmaps", "", "")));
        Assert.True(named.Allows(Ask("update", "", "configmaps", "", "b")));
        Assert.False(named.Allows(Ask("update", "", "configmaps", "", "c")));
        Assert.False(named.Allows(Ask("list", "", "configmaps", "", "")));
        Assert.False(named.Allows(Ask("create", "", "configmaps", "", "")));
    }

    [Theory]
    [InlineData("/healthz", "/healthz", true)]
    [InlineData("/healthz", "/healthz/etcd", false)]
    [InlineData("/healthz/*", "/healthz/etcd", true)]
    [InlineData("/healthz/*", "/healthz", false)]
    [InlineData("*", "/metrics", true)]
    [InlineData("/api*", "/apis/apps", true)]
    [InlineData("/*/x", "/a/x", false)]
    public void Paths_are_whole_or_beginnings(string granted, string path, bool allowed)
    {
        var rule = new AccessRule(["get"], [], [], [], [granted]);
        Assert.Equal(allowed, rule.Allows(AccessQuestion.OfPath(Bob, "GET", path)));
        Assert.False(rule.Allows(AccessQuestion.OfPath(Bob, "POST", path)));
        Assert.False(rule.Allows(Ask("get", "", "pods", "", path)));
    }

    [Theory]
    [InlineData("*", "*", "*", "get", "", "pods", true)]
    [InlineData("get,list", "", "pods,services", "get", "", "pods", true)]
    [InlineData("get", "", "pods", "*", "", "pods", false)]
    [InlineData("get", "", "*/scale", "get", "", "deployments/scale", true)]
    [InlineData("get", "", "*/scale", "get", "", "deployments", false)]
    [InlineData("get", "", "pods", "get", "", "*", false)]
    [InlineData("get", "*", "pods", "get", "*", "pods", true)]
    [InlineData("get", "", "pods", "get", "*", "pods", false)]
    public void One_rule_covers_another(string verbs, string groups, string resources, string verbs2, string groups2, string resources2, bool covered) =>
        Assert.Equal(covered, Rule(verbs, groups, resources).Covers(Rule(verbs2, groups2, resources2)));

    [Fact]
    public void A_rule_for_names_covers_only_rules_for_these()
    {
        var named = new AccessRule(["get"], [""], ["pods"], ["a", "b"], []);
        Assert.True(Rule("get", "", "pods").Covers(named));
        Assert.False(named.Covers(Rule("get", "", "pods")));
        Assert.True(named.Covers(named with { Names = ["a"] }));
        Assert.False(named.Covers(named with { Names = ["c"] }));
    }

    [Fact]
    public void Whatever_covers_a_rule_allows_all_that_it_allows()
    {
        var random = new Random(1);
        string[] verbs = ["*", "get", "list", "create"], groups = ["*", "", "apps"], resources = ["*", "pods", "pods/log", "*/log", "deployments"], names = ["a", "b"];
        for (var i = 0; i < 20_000; i++)
        {
            var (one, other) = (Any(), Any());
            if (!one.Covers(other))
            {
                continue;
            }
            var question = Ask(Pick(verbs[1..]), Pick(groups[1..]), Pick(["pods", "deployments"]), Pick(["", "log"]), Pick(["", "a", "b"]));
            Assert.True(!other.Allows(question) || one.Allows(question), $"{one.ToJson()} covers {other.ToJson()}, but does not allow {question.Verb} {question.Group} {question.Part} {question.Name}");
        }

        AccessRule Any() => new(Some(verbs), Some(groups), Some(resources), random.Next(2) == 0 ? [] : Some(names), []);
        string[] Some(string[] of) => [.. of.Where(_ => random.Next(2) == 0).DefaultIfEmpty(of[0])];
        string Pick(string[] of) => of[random.Next(of.Length)];
    }

    private static AccessRule Rule(string verbs, string groups, string resources) => new(verbs.Split(','), groups.Split(','), resources.Split(','), [], []);

    private static AccessQuestion Ask(string verb, string group, string resource, string sub, string name) =>
        new(Bob, verb, group, resource) { Subresource = sub, Name = name, Namespace = "default" };
}
