using Xunit;

namespace Vitrine.Cluster;

/// <summary>Quotas, limits and pod security, as kubectl and the controllers meet them.</summary>
public sealed class QuotaTests(SharedCluster cluster)
{
    [Fact]
    public async Task A_Deployment_gets_as_many_pods_as_the_quota_has_left()
    {
        var ns = await cluster.NamespaceAsync("quota");
        await cluster.KubectlAsync($"create quota two -n {ns} --hard=pods=2,count/deployments.apps=1");
        await cluster.KubectlAsync($"create deployment web -n {ns} --image=debian --replicas=3 -- sleep infinity");
        Assert.Contains("exceeded quota: two, requested: count/deployments.apps=1", (await cluster.TryAsync($"create deployment web2 -n {ns} --image=debian -- sleep infinity")).Error, StringComparison.Ordinal);
        await cluster.EventuallyAsync($"get quota two -n {ns} -o jsonpath={{.status.used.pods}}", static used => used == "2");
        await cluster.EventuallyAsync($"get events -n {ns}", static events => events.Contains("exceeded quota: two, requested: pods=1, used: pods=2, limited: pods=2", StringComparison.Ordinal));
        await cluster.KubectlAsync($"scale deployment web -n {ns} --replicas=1");
        await cluster.EventuallyAsync($"get quota two -n {ns} -o jsonpath={{.status.used.pods}}", static used => used == "1", seconds: 60);
        Assert.Contains("pods: 1/2", await cluster.KubectlAsync($"get quota -n {ns}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_LimitRange_is_filled_in()
    {
        var ns = await cluster.NamespaceAsync("limits");
        await cluster.KubectlAsync($"apply -n {ns} -f -", """
            apiVersion: v1
            kind: LimitRange
            metadata: {name: l}
            spec: {limits: [{type: Container, default: {memory: 64Mi}, defaultRequest: {cpu: 10m}}]}
            """);
        await cluster.KubectlAsync($"run a -n {ns} --image=debian -- sleep infinity");
        Assert.Equal("{\"limits\":{\"memory\":\"64Mi\"},\"requests\":{\"cpu\":\"10m\",\"memory\":\"64Mi\"}}", await cluster.KubectlAsync($"get pod a -n {ns} -o jsonpath={{.spec.containers[0].resources}}"));
    }

    [Fact]
    public async Task A_namespaces_level_refuses_and_warns()
    {
        var ns = await cluster.NamespaceAsync("tight");
        await cluster.KubectlAsync($"label namespace {ns} pod-security.kubernetes.io/enforce=baseline pod-security.kubernetes.io/warn=restricted");
        Assert.Contains("violates PodSecurity \"baseline:latest\": host namespaces (hostNetwork=true)", (await cluster.RunAsync(["run", "h", "-n", ns, "--image=debian", """--overrides={"spec":{"hostNetwork":true}}"""])).Error, StringComparison.Ordinal);
        Assert.Contains("Warning: would violate PodSecurity \"restricted:latest\"", (await cluster.TryAsync($"run w -n {ns} --image=debian -- sleep infinity")).Error, StringComparison.Ordinal);
    }
}
