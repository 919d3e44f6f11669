using System.Diagnostics;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Access;
using Vitrine.ApiServer.Auth;
using Vitrine.ApiServer.Store;
using Xunit;

namespace Vitrine.Unit.ApiServer.Access;

/// <summary>A decision is made for every request: it has to cost next to nothing.</summary>
public sealed class AccessSpeedTests(ITestOutputHelper output)
{
    private const int Bindings = 1000;
    private static readonly ClientUser Bob = new("user-500", ["team-7", "dev", ClientUser.Authenticated], DateTimeOffset.MaxValue);

    [Fact]
    public void Among_a_thousand_bindings_it_takes_microseconds_and_allocates_nothing()
    {
        var index = RoleIndex.Build(Trees(), RoleIndex.Empty);
        AccessQuestion[] questions =
        [
            new(Bob, "list", "", "pods") { Namespace = "ns-500" },
            new(Bob, "patch", "apps", "deployments") { Namespace = "ns-500", Name = "web", Subresource = "scale" },
            new(Bob, "get", "", "secrets") { Namespace = "kube-system", Name = "x" },
            AccessQuestion.OfPath(Bob, "GET", "/version"),
        ];
        Assert.Equal([true, true, false, true], questions.Select(q => index.Find(q) is not null));
        for (var i = 0; i < 200_000; i++)
        {
            index.Find(questions[i % questions.Length]);
        }
        foreach (var question in questions)
        {
            const int Times = 200_000;
            var (before, since) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
            for (var i = 0; i < Times; i++)
            {
                index.Find(question);
            }
            var (microseconds, allocated) = (Stopwatch.GetElapsedTime(since).TotalMicroseconds / Times, GC.GetAllocatedBytesForCurrentThread() - before);
            output.WriteLine($"{question.Verb} {question.Part}{question.Path}: {microseconds:0.000} µs");
            Assert.Equal(0, allocated);
            Assert.True(microseconds < 50, $"{microseconds} µs");
        }
    }

    [Fact]
    public void One_more_binding_costs_less_than_reading_all_again()
    {
        var trees = Trees();
        var index = RoleIndex.Build(trees, RoleIndex.Empty);
        var since = Stopwatch.GetTimestamp();
        RoleIndex.Build(trees, RoleIndex.Empty);
        var all = Stopwatch.GetElapsedTime(since);
        since = Stopwatch.GetTimestamp();
        var next = RoleIndex.Build(trees with { RoleBindings = trees.RoleBindings.With(Stored("ns-1", "new", Binding("ns-1", "new", "ClusterRole", "view", "User", "eve"))) }, index);
        output.WriteLine($"{Bindings} bindings: {all.TotalMilliseconds:0.00} ms; one more: {Stopwatch.GetElapsedTime(since).TotalMilliseconds:0.00} ms");
        Assert.NotNull(next.Find(new AccessQuestion(new ClientUser("eve", [], DateTimeOffset.MaxValue), "get", "", "pods") { Namespace = "ns-1", Name = "p" }));
    }

    /// <summary>The default roles, and a thousand users with a role each in a namespace of their own.</summary>
    private static RoleTrees Trees()
    {
        var trees = RoleTrees.None;
        foreach (var (kind, ns, value) in DefaultRoles.All)
        {
            var stored = Stored(ns, (string)value["metadata"]!["name"]!, value);
            trees = kind.Name switch
            {
                "Role" => trees with { Roles = trees.Roles.With(stored) },
                "ClusterRole" => trees with { ClusterRoles = trees.ClusterRoles.With(stored) },
                "RoleBinding" => trees with { RoleBindings = trees.RoleBindings.With(stored) },
                _ => trees with { ClusterRoleBindings = trees.ClusterRoleBindings.With(stored) },
            };
        }
        foreach (var role in (string[])["admin", "edit", "view"])
        {
            var gathered = trees.ClusterRoles.Find("", role)!;
            while (RoleAggregationLoop.Gathered(gathered, trees.ClusterRoles) is { } next)
            {
                trees = trees with { ClusterRoles = trees.ClusterRoles.With(gathered = Stored("", role, next)) };
            }
        }
        for (var i = 0; i < Bindings; i++)
        {
            trees = trees with { RoleBindings = trees.RoleBindings.With(Stored($"ns-{i}", "b", Binding($"ns-{i}", "b", "ClusterRole", (i % 2) == 0 ? "edit" : "view", "User", $"user-{i}"))) };
        }
        return trees with { RoleBindings = trees.RoleBindings.With(Stored("ns-500", "v", Binding("ns-500", "v", "ClusterRole", "view", "Group", "dev"))) };
    }

    private static JsonObject Binding(string ns, string name, string kind, string role, string subject, string who) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns },
        ["roleRef"] = new JsonObject { ["kind"] = kind, ["name"] = role },
        ["subjects"] = new JsonArray(new JsonObject { ["kind"] = subject, ["name"] = who }),
    };

    private static StoredObject Stored(string ns, string name, JsonObject value)
    {
        var payload = ObjectPayload.From(value);
        return new StoredObject(ns, name, 1, payload.Stamp(1), payload.RevisionAt);
    }
}
