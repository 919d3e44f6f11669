using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>Bad input gets a clear message, never a stack trace.</summary>
public sealed class BadInputTests(SharedCluster cluster)
{
    [Theory]
    [InlineData("a: [", "error parsing")]
    [InlineData("""{"apiVersion":"v1","kind":"Unicorn","metadata":{"name":"x"}}""", "no matches for kind \"Unicorn\"")]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"data":{"a":1}}""", "cannot unmarshal number")]
    [InlineData("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x"},"spec":{"containers":[{"name":"a","image":"b","colour":"red"}]}}""", "unknown field \"spec.containers[0].colour\"")]
    [InlineData("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x"},"spec":{"containers":[]}}""", "spec.containers: Required value")]
    [InlineData("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"Not_A_Name"},"spec":{"containers":[{"name":"a","image":"b"}]}}""", "a lowercase RFC 1123 subdomain")]
    public async Task A_bad_manifest_is_refused_with_the_reason(string manifest, string reason)
    {
        var apply = await cluster.TryAsync("apply -f -", manifest);
        Assert.NotEqual(0, apply.ExitCode);
        Assert.Contains(reason, apply.Error, StringComparison.Ordinal);
        AssertNoTrace(apply);
    }

    [Fact]
    public async Task An_image_nobody_has_ends_in_ErrImagePull_that_says_what_was_tried()
    {
        var ns = await cluster.NamespaceAsync("noimage");
        await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.One("box", "registry.invalid/no/such:1", "true"));
        var state = await cluster.EventuallyAsync($"get pod box -n {ns} --no-headers", o => o.Contains("ErrImagePull", StringComparison.Ordinal) || o.Contains("ImagePullBackOff", StringComparison.Ordinal));
        Assert.Matches("ErrImagePull|ImagePullBackOff", state);
        var events = await cluster.EventuallyAsync($"get events -n {ns}", o => o.Contains("Failed to pull image", StringComparison.Ordinal));
        Assert.Contains("registry.invalid", events, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pod_for_no_node_says_why_it_waits()
    {
        var ns = await cluster.NamespaceAsync("nonode");
        await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.One("box", "debian", "true") + "\n  nodeSelector: {disk: ssd}\n");
        var events = await cluster.EventuallyAsync($"get events -n {ns}", o => o.Contains("FailedScheduling", StringComparison.Ordinal));
        Assert.Contains("0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.", events, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Anonymous_and_foreign_clients_get_401_but_may_ask_for_health_and_version()
    {
        using var anonymous = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true }) { BaseAddress = new Uri($"https://127.0.0.1:{cluster.ApiPort}/") };
        Assert.Equal(HttpStatusCode.Unauthorized, (await anonymous.GetAsync("api/v1/pods")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await anonymous.GetAsync("api/v1/namespaces/kube-system/secrets")).StatusCode);
        foreach (var open in new[] { "readyz", "livez", "version" })
        {
            Assert.Equal(HttpStatusCode.OK, (await anonymous.GetAsync(open)).StatusCode);
        }
    }

    [Fact]
    public void Files_that_hold_keys_are_for_their_owner_alone() =>
        Assert.All(
            Directory.EnumerateFiles(cluster.State, "*", SearchOption.AllDirectories).Where(f => f.EndsWith(".key", StringComparison.Ordinal) || f.EndsWith(".kubeconfig", StringComparison.Ordinal)),
            f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(f)));

    [Fact]
    public async Task A_range_the_host_already_routes_is_refused_with_another_to_choose()
    {
        var up = await Shell.RunAsync(TestCluster.Vitrine, ["up", "--name", "clash", "--api-port", "16999", "--pod-cidr", cluster.PodCidr, "--service-cidr", "10.232.0.0/16", "--node-cidr", "172.29.90.0/24"]);
        Assert.Equal(1, up.ExitCode);
        Assert.Contains($"--pod-cidr {cluster.PodCidr} overlaps", up.Error, StringComparison.Ordinal);
        Assert.Contains("e.g. --pod-cidr 10.", up.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists("/run/vitrine/clash"));
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var busy = new TcpListener(IPAddress.Loopback, 0);
        busy.Start();
        var port = ((IPEndPoint)busy.LocalEndpoint).Port;
        var up = await Shell.RunAsync(TestCluster.Vitrine, ["up", "--name", "busy", "--api-port", $"{port}", "--pod-cidr", "10.231.0.0/16", "--service-cidr", "10.232.0.0/16", "--node-cidr", "172.29.91.0/24"]);
        Assert.Equal(1, up.ExitCode);
        Assert.Contains($"127.0.0.1:{port} is in use", up.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("up")]
    [InlineData("down")]
    [InlineData("image build")]
    public async Task Who_is_not_root_is_told_so(string verb)
    {
        var run = await Shell.RunAsync("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "--", TestCluster.Vitrine, .. verb.Split(' ')]);
        Assert.NotEqual(0, run.ExitCode);

        // A checkout that other users cannot enter stops the run even earlier, with the kernel's own words.
        Assert.Matches("needs root|Permission denied", run.Error);
        AssertNoTrace(run);
    }

    [Fact]
    public async Task Without_containerd_doctor_says_missing_and_what_to_install()
    {
        var doctor = await WithoutContainerdAsync("doctor", "-o", "json");
        var finding = System.Text.Json.JsonDocument.Parse(doctor.Output).RootElement.EnumerateArray().Single(f => f.GetProperty("requirement").GetString() == "program containerd");
        Assert.Equal("missing", finding.GetProperty("state").GetString());
        Assert.Equal("apt-get install containerd", finding.GetProperty("fix").GetString());
        Assert.Equal(1, doctor.ExitCode);
    }

    [Fact]
    public async Task Without_containerd_up_stops_before_it_changed_anything()
    {
        var up = await WithoutContainerdAsync("up", "--name", "bare", "--api-port", "16998", "--pod-cidr", "10.245.0.0/16", "--service-cidr", "10.246.0.0/16", "--node-cidr", "172.29.92.0/24");
        Assert.Equal(1, up.ExitCode);
        Assert.StartsWith("error: containerd is not installed\ndo this: vitrine doctor", up.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists("/var/lib/vitrine/clusters/bare"));
        Assert.False(Directory.Exists("/run/vitrine/bare"));
    }

    [Fact]
    public async Task On_a_full_disk_up_says_so()
    {
        // A mount namespace of its own, where the state lies on a file system of 16 MB.
        const string Small = """mount -t tmpfs -o size=16m tmpfs /var/lib/vitrine && exec "$@" """;
        var up = await Shell.RunAsync("unshare", ["--mount", "--", "/bin/sh", "-c", Small, "sh", TestCluster.Vitrine, "up", "--name", "full", "--api-port", "16997", "--pod-cidr", "10.235.0.0/16", "--service-cidr", "10.236.0.0/16", "--node-cidr", "172.29.93.0/24"]);
        Assert.Equal(1, up.ExitCode);
        Assert.Contains("MB are free under /var/lib/vitrine", up.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status --name nowhere", "there is no cluster \"nowhere\"")]
    [InlineData("kubeconfig --name nowhere", "there is no cluster \"nowhere\"")]
    [InlineData("logs --name ../../etc", "cannot name a cluster")]
    [InlineData("image load /nowhere.tar", "there is no file /nowhere.tar")]
    [InlineData("image build unicorn", "there is no image recipe \"unicorn\"")]
    [InlineData("up --name x --nodes 0", "a cluster has 1 to 100 nodes")]
    [InlineData("up --name x --pod-cidr banana", "is not a range of addresses")]
    public async Task A_verb_that_cannot_do_it_says_what_and_what_to_do(string arguments, string reason)
    {
        var run = await Shell.RunAsync(TestCluster.Vitrine, arguments.Split(' '));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
        Assert.Contains("do this: ", run.Error, StringComparison.Ordinal);
        AssertNoTrace(run);
    }

    /// <summary>Runs vitrine in a mount namespace of its own, where /usr/bin lacks containerd; the machine's stays as it is.</summary>
    private static Task<ShellResult> WithoutContainerdAsync(params string[] arguments)
    {
        const string Hide = """
            set -e
            mount -t tmpfs tmpfs /mnt && mkdir /mnt/up /mnt/work
            mount -t overlay overlay -o lowerdir=/usr/bin,upperdir=/mnt/up,workdir=/mnt/work /usr/bin
            rm /usr/bin/containerd
            exec "$@"
            """;
        return Shell.RunAsync("unshare", ["--mount", "--", "/bin/sh", "-c", Hide, "sh", TestCluster.Vitrine, .. arguments]);
    }

    private static void AssertNoTrace(ShellResult result)
    {
        Assert.DoesNotContain("   at ", result.All, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", result.All, StringComparison.Ordinal);
    }
}
