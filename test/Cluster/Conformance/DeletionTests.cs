using System.Text.Json.Nodes;
using Xunit;

namespace Vitrine.Cluster.Conformance;

/// <summary>Finalizers, what becomes of dependents, and the end of a namespace.</summary>
public sealed class DeletionTests(SharedCluster cluster) : IDisposable
{
    private readonly Api api = new(cluster);

    public void Dispose() => api.Dispose();

    [Fact]
    public async Task An_object_waits_for_its_finalizers()
    {
        var all = $"api/v1/namespaces/{await cluster.NamespaceAsync("conf-final")}/configmaps";
        (await api.PostAsync(all, """{"metadata":{"name":"f","finalizers":["e.x/a","e.x/b"]}}""")).Must(201);
        var deleted = (await api.DeleteAsync($"{all}/f")).Must(200);
        Assert.NotNull(deleted["metadata"]!["deletionTimestamp"]);
        Assert.Equal("0", deleted["metadata"]!["deletionGracePeriodSeconds"]!.ToString());
        var again = (await api.DeleteAsync($"{all}/f")).Must(200);
        Assert.Equal((string?)deleted["metadata"]!["deletionTimestamp"], (string?)again["metadata"]!["deletionTimestamp"]);
        (await api.PatchAsync($"{all}/f", """{"metadata":{"finalizers":["e.x/a","e.x/b","e.x/c"]}}""")).Fails(422, "Invalid");
        (await api.PatchAsync($"{all}/f", """{"metadata":{"finalizers":["e.x/b"]}}""")).Must(200);
        (await api.GetAsync($"{all}/f")).Must(200);
        (await api.PatchAsync($"{all}/f", """{"metadata":{"finalizers":null}}""")).Must(200);
        (await api.GetAsync($"{all}/f")).Fails(404, "NotFound");
    }

    [Theory]
    [InlineData("Background")]
    [InlineData("Foreground")]
    [InlineData("Orphan")]
    public async Task Dependents_follow_the_policy(string policy)
    {
        var ns = await cluster.NamespaceAsync($"conf-own-{policy.ToLowerInvariant()}");
        var all = $"api/v1/namespaces/{ns}/configmaps";
        var owner = (await api.PostAsync(all, """{"metadata":{"name":"owner"}}""")).Must(201);
        var reference = $$$"""{"apiVersion":"v1","kind":"ConfigMap","name":"owner","uid":"{{{owner["metadata"]!["uid"]}}}","blockOwnerDeletion":true}""";
        (await api.PostAsync(all, $$$"""{"metadata":{"name":"held","finalizers":["e.x/hold"],"ownerReferences":[{{{reference}}}]}}""")).Must(201);
        (await api.PostAsync(all, $$$"""{"metadata":{"name":"free","ownerReferences":[{{{reference}}}]}}""")).Must(201);
        (await api.DeleteAsync($"{all}/owner", $$$"""{"propagationPolicy":"{{{policy}}}"}""")).Must(200);
        switch (policy)
        {
            case "Background":
                (await api.GetAsync($"{all}/owner")).Fails(404, "NotFound");
                await GoneAsync($"{all}/free");
                await TestCluster.EventuallyAsync(async () => (await api.GetAsync($"{all}/held")).Metadata["deletionTimestamp"] is not null, "the held one is being deleted");
                break;
            case "Foreground":
                await GoneAsync($"{all}/free");
                // The owner stays while a dependent that blocks it is there.
                var waiting = (await api.GetAsync($"{all}/owner")).Must(200);
                Assert.Equal(["foregroundDeletion"], waiting["metadata"]!["finalizers"]!.AsArray().Select(static f => (string?)f));
                break;
            default:
                await GoneAsync($"{all}/owner");
                Assert.Null((await api.GetAsync($"{all}/free")).Must(200)["metadata"]!["ownerReferences"]);
                Assert.Null((await api.GetAsync($"{all}/held")).Must(200)["metadata"]!["ownerReferences"]);
                break;
        }

        (await api.PatchAsync($"{all}/held", """{"metadata":{"finalizers":null}}""")).Must(200);
        if (policy != "Orphan")
        {
            await GoneAsync($"{all}/held");
            await GoneAsync($"{all}/owner");
        }

        (await api.DeleteAsync($"{all}/free", """{"propagationPolicy":"Sideways"}""")).Must(422);
    }

    [Fact]
    public async Task An_owner_that_never_was_takes_its_dependents_with_it()
    {
        var all = $"api/v1/namespaces/{await cluster.NamespaceAsync("conf-own-absent")}/configmaps";
        (await api.PostAsync(all, """{"metadata":{"name":"m","ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"never","uid":"11111111-1111-1111-1111-111111111111"}]}}""")).Must(201);
        await GoneAsync($"{all}/m");
    }

    [Fact]
    public async Task A_namespace_takes_all_with_it_and_lets_nothing_in_meanwhile()
    {
        const string Ns = "conf-ns-end";
        (await api.PostAsync("api/v1/namespaces", $$$"""{"metadata":{"name":"{{{Ns}}}"}}""")).Must(201);
        await cluster.EventuallyAsync($"get serviceaccount default -n {Ns} -o name", static o => o.Length > 0);
        (await api.PostAsync($"api/v1/namespaces/{Ns}/configmaps", """{"metadata":{"name":"held","finalizers":["e.x/hold"]}}""")).Must(201);
        (await api.PostAsync($"apis/apps/v1/namespaces/{Ns}/deployments", """{"metadata":{"name":"d"},"spec":{"replicas":0,"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"debian"}]}}}}""")).Must(201);
        var ending = (await api.DeleteAsync($"api/v1/namespaces/{Ns}")).Must(200);
        Assert.Equal("Terminating", (string?)ending["status"]!["phase"]);
        var refused = (await api.PostAsync($"api/v1/namespaces/{Ns}/configmaps", """{"metadata":{"name":"late"}}""")).Fails(403, "Forbidden");
        Assert.Contains("because it is being terminated", refused.Message, StringComparison.Ordinal);
        await GoneAsync($"apis/apps/v1/namespaces/{Ns}/deployments/d");
        (await api.GetAsync($"api/v1/namespaces/{Ns}")).Must(200);
        (await api.PatchAsync($"api/v1/namespaces/{Ns}/configmaps/held", """{"metadata":{"finalizers":null}}""")).Must(200);
        await GoneAsync($"api/v1/namespaces/{Ns}");
        (await api.PostAsync($"api/v1/namespaces/{Ns}/configmaps", """{"metadata":{"name":"late"}}""")).Fails(404, "NotFound");
    }

    [Fact]
    public async Task A_pod_is_given_its_grace_and_deleted_at_once_when_forced()
    {
        var ns = await cluster.NamespaceAsync("conf-grace");
        await cluster.PodAsync(ns, "slow", "node-1", command: "trap : TERM; while :; do sleep 1; done", more: "  terminationGracePeriodSeconds: 50\n");
        var pod = $"api/v1/namespaces/{ns}/pods/slow";
        var deleted = (await api.DeleteAsync(pod)).Must(200);
        Assert.Equal(50, (int)deleted["metadata"]!["deletionGracePeriodSeconds"]!);
        Assert.Equal("Running", (string?)(await api.GetAsync(pod)).Must(200)["status"]!["phase"]);
        // A shorter grace is taken over, a longer one is not.
        Assert.Equal(20, (int)(await api.DeleteAsync(pod, """{"gracePeriodSeconds":20}""")).Must(200)["metadata"]!["deletionGracePeriodSeconds"]!);
        Assert.Equal(20, (int)(await api.DeleteAsync(pod, """{"gracePeriodSeconds":40}""")).Must(200)["metadata"]!["deletionGracePeriodSeconds"]!);
        (await api.DeleteAsync(pod, """{"gracePeriodSeconds":0}""")).Must(200);
        (await api.GetAsync(pod)).Fails(404, "NotFound");
    }

    private Task GoneAsync(string path) => TestCluster.EventuallyAsync(async () => (await api.GetAsync(path)).Code == 404, $"{path} is gone", 30);
}
