using Xunit;

namespace Vitrine.Cluster;

/// <summary>Chapter 1: two containers of one pod, with the examples as they are.</summary>
public sealed class ContainerToContainerTests(SharedCluster cluster)
{
    [Fact]
    public async Task A_pod_whose_second_container_ended_says_one_of_two_NotReady_and_nginx_goes_on()
    {
        var ns = await cluster.NamespaceAsync("series-1");
        await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.Example("shared-volume.yaml"));
        var line = await cluster.EventuallyAsync($"get pod two-containers -n {ns} --no-headers", o => o.Contains("1/2", StringComparison.Ordinal) && o.Contains("NotReady", StringComparison.Ordinal));
        Assert.Matches(@"two-containers\s+1/2\s+NotReady\s+0", line);
        Assert.Equal("Completed", await cluster.KubectlAsync($"get pod two-containers -n {ns} -o jsonpath={{.status.containerStatuses[?(@.name==\"debian-container\")].state.terminated.reason}}"));
        Assert.Equal("Running", await cluster.KubectlAsync($"get pod two-containers -n {ns} -o jsonpath={{.status.phase}}"));
    }

    [Fact]
    public async Task A_file_written_by_one_container_is_served_by_the_other_and_a_rewrite_changes_the_page()
    {
        var ns = await cluster.NamespaceAsync("series-2");
        await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.Example("shared-volume.yaml").Replace("echo Hello from the debian container > /pod-data/index.html", "echo first > /pod-data/index.html; sleep infinity", StringComparison.Ordinal));
        await cluster.EventuallyAsync($"get pod two-containers -n {ns} --no-headers", o => o.Contains("2/2", StringComparison.Ordinal));
        await cluster.EventuallyAsync($"exec two-containers -n {ns} -c debian-container -- curl -s http://localhost", o => o == "first\n");
        var rewrite = await cluster.RunAsync(["exec", "two-containers", "-n", ns, "-c", "debian-container", "--", "sh", "-c", "echo second > /pod-data/index.html"]);
        Assert.Equal(0, rewrite.ExitCode);
        Assert.Equal("second\n", await cluster.KubectlAsync($"exec two-containers -n {ns} -c nginx-container -- curl -s http://localhost"));
    }

    [Fact]
    public async Task Without_a_shared_volume_localhost_leads_to_the_other_container()
    {
        var ns = await cluster.NamespaceAsync("series-3");
        await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.Example("localhost.yaml"));
        await cluster.KubectlAsync($"wait -n {ns} pod/over-localhost --for=condition=Ready --timeout=45s");
        var page = await cluster.EventuallyAsync($"exec over-localhost -n {ns} -c debian-container -- curl -s http://localhost", o => o.Contains("<title>", StringComparison.Ordinal));
        Assert.Contains("<title>Welcome to nginx!</title>", page, StringComparison.Ordinal);
        Assert.NotEqual(0, (await cluster.TryAsync($"exec over-localhost -n {ns} -c debian-container -- test -e /usr/share/nginx/html/index.html")).ExitCode);

        foreach (var question in new[] { "readlink /proc/self/ns/net", "hostname -i", "cat /proc/net/dev_mcast", "cat /sys/class/net/eth0/address" })
        {
            var nginx = await cluster.KubectlAsync($"exec over-localhost -n {ns} -c nginx-container -- {question}");
            Assert.Equal(nginx, await cluster.KubectlAsync($"exec over-localhost -n {ns} -c debian-container -- {question}"));
        }
    }

    [Fact]
    public async Task Two_containers_that_bind_the_same_port_clash()
    {
        var ns = await cluster.NamespaceAsync("series-3b");
        await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.Example("port-clash.yaml"));
        await cluster.EventuallyAsync($"get pod port-clash -n {ns} --no-headers", o => o.Contains("1/2", StringComparison.Ordinal) && (o.Contains("CrashLoopBackOff", StringComparison.Ordinal) || o.Contains("Error", StringComparison.Ordinal)));
        var log = await cluster.EventuallyAsync($"logs port-clash -n {ns} -c second --previous", o => o.Contains("emerg", StringComparison.Ordinal));
        Assert.Contains("Address already in use", log, StringComparison.Ordinal);
    }
}
