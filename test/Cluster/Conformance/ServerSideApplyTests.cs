using Xunit;

namespace Vitrine.Cluster.Conformance;

/// <summary>kubectl apply --server-side, by https://kubernetes.io/docs/reference/using-api/server-side-apply/.</summary>
public sealed class ServerSideApplyTests(SharedCluster cluster)
{
    [Fact]
    public async Task Two_managers_share_an_object_and_conflict_where_they_differ()
    {
        var ns = await cluster.NamespaceAsync("conf-ssa");
        Assert.Equal("deployment.apps/d serverside-applied\n", await cluster.KubectlAsync($"apply --server-side -n {ns} -f -", Deployment(1, "one")));
        Assert.Equal("deployment.apps/d serverside-applied\n", await cluster.KubectlAsync($"apply --server-side -n {ns} -f -", Deployment(1, "one")));
        await cluster.KubectlAsync($"scale deployment d -n {ns} --replicas=0");

        var refused = await cluster.TryAsync($"apply --server-side -n {ns} -f -", Deployment(1, "one"));
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("Apply failed with 1 conflict: conflict with \"kubectl\" with subresource \"scale\" using apps/v1: .spec.replicas", refused.Error, StringComparison.Ordinal);
        Assert.Contains("--force-conflicts", refused.Error, StringComparison.Ordinal);
        Assert.Equal("0", await cluster.KubectlAsync($"get deployment d -n {ns} -o jsonpath={{.spec.replicas}}"));

        await cluster.KubectlAsync($"apply --server-side --force-conflicts -n {ns} -f -", Deployment(2, "one"));
        Assert.Equal("2", await cluster.KubectlAsync($"get deployment d -n {ns} -o jsonpath={{.spec.replicas}}"));
        await cluster.KubectlAsync($"scale deployment d -n {ns} --replicas=0");

        // What is left out is given up: another manager's value stays, one's own label goes.
        await cluster.KubectlAsync($"apply --server-side -n {ns} -f -", Deployment(null, "two"));
        Assert.Equal("0 two", await cluster.KubectlAsync($"get deployment d -n {ns} -o jsonpath={{.spec.replicas}}" + "{\"\\x20\"}{.metadata.labels.l}"));
        await cluster.KubectlAsync($"apply --server-side -n {ns} -f -", Deployment(null, null));
        Assert.Equal("", await cluster.KubectlAsync($"get deployment d -n {ns} -o jsonpath={{.metadata.labels}}"));

        var shown = await cluster.KubectlAsync($"get deployment d -n {ns} -o yaml --show-managed-fields");
        Assert.Contains("manager: kubectl", shown, StringComparison.Ordinal);
        Assert.Contains("operation: Apply", shown, StringComparison.Ordinal);
        Assert.Contains("k:{\"name\":\"c\"}:", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("managedFields", await cluster.KubectlAsync($"get deployment d -n {ns} -o yaml"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_and_a_diff_show_what_an_apply_would_do()
    {
        var ns = await cluster.NamespaceAsync("conf-ssa-dry");
        await cluster.KubectlAsync($"apply --server-side -n {ns} -f -", Deployment(0, "one"));
        Assert.Equal("two", await cluster.KubectlAsync($"apply --server-side --dry-run=server -n {ns} -o jsonpath={{.metadata.labels.l}} -f -", Deployment(0, "two")));
        Assert.Equal("one", await cluster.KubectlAsync($"get deployment d -n {ns} -o jsonpath={{.metadata.labels.l}}"));
        foreach (var way in new[] { "", "--server-side" })
        {
            var diff = await cluster.TryAsync($"diff {way} -n {ns} -f -", Deployment(0, "two"));
            Assert.Equal(1, diff.ExitCode);
            Assert.Contains("-    l: one\n+    l: two", diff.Output, StringComparison.Ordinal);
        }

        Assert.Equal(0, (await cluster.TryAsync($"diff --server-side -n {ns} -f -", Deployment(0, "one"))).ExitCode);
    }

    [Fact]
    public async Task Client_side_apply_goes_over_to_the_server_and_back()
    {
        var ns = await cluster.NamespaceAsync("conf-ssa-csa");
        await cluster.KubectlAsync($"apply -n {ns} -f -", Deployment(0, "one"));
        await cluster.KubectlAsync($"apply --server-side -n {ns} -f -", Deployment(0, "two"));
        Assert.DoesNotContain("kubectl-client-side-apply", await cluster.KubectlAsync($"get deployment d -n {ns} -o jsonpath={{.metadata.managedFields[*].manager}}"), StringComparison.Ordinal);
        // Given up by the one who had it before, it goes.
        await cluster.KubectlAsync($"apply --server-side -n {ns} -f -", Deployment(0, null));
        Assert.Equal("", await cluster.KubectlAsync($"get deployment d -n {ns} -o jsonpath={{.metadata.labels.l}}"));
        await cluster.KubectlAsync($"apply -n {ns} -f -", Deployment(0, "three"));
        Assert.Equal("three", await cluster.KubectlAsync($"get deployment d -n {ns} -o jsonpath={{.metadata.labels.l}}"));
    }

    private static string Deployment(int? replicas, string? label) => $$$"""
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: d{{{(label is null ? "" : $", labels: {{l: {label}}}")}}} }
        spec:
          {{{(replicas is null ? "" : $"replicas: {replicas}")}}}
          selector: {matchLabels: {app: d}}
          template:
            metadata: {labels: {app: d}}
            spec: {nodeSelector: {none: such}, containers: [{name: c, image: debian, ports: [{containerPort: 80}]}]}
        """;
}
