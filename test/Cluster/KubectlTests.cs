using System.Text.Json;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>The commands people type, each against the real server with the real kubectl.</summary>
public sealed class KubectlTests(SharedCluster cluster)
{
    [Fact]
    public async Task Apply_twice_says_created_then_unchanged_then_configured()
    {
        var ns = await cluster.NamespaceAsync("apply");
        var map = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"},"data":{"a":"1"}}""";
        Assert.Equal("configmap/m created\n", await cluster.KubectlAsync($"apply -n {ns} -f -", map));
        Assert.Equal("configmap/m unchanged\n", await cluster.KubectlAsync($"apply -n {ns} -f -", map));
        Assert.Equal("configmap/m configured\n", await cluster.KubectlAsync($"apply -n {ns} -f -", map.Replace("\"1\"", "\"2\"", StringComparison.Ordinal)));
        Assert.Equal("2", await cluster.KubectlAsync($"get cm m -n {ns} -o jsonpath={{.data.a}}"));
    }

    [Fact]
    public async Task Typed_create_commands_work()
    {
        await cluster.KubectlAsync("create namespace created");
        await cluster.KubectlAsync("create configmap c -n created --from-literal=a=b");
        await cluster.KubectlAsync("create secret generic s -n created --from-literal=p=w");
        await cluster.KubectlAsync("create serviceaccount robot -n created");
        Assert.Equal("b", await cluster.KubectlAsync("get cm c -n created -o jsonpath={.data.a}"));
        Assert.Equal("dw==", await cluster.KubectlAsync("get secret s -n created -o jsonpath={.data.p}"));
        Assert.Equal("Opaque", await cluster.KubectlAsync("get secret s -n created -o jsonpath={.type}"));
        await cluster.EventuallyAsync("get sa -n created -o name", o => o.Contains("serviceaccount/default", StringComparison.Ordinal) && o.Contains("serviceaccount/robot", StringComparison.Ordinal));
        Assert.Contains("\"c\" deleted", await cluster.KubectlAsync("delete cm c -n created"), StringComparison.Ordinal);
        await cluster.KubectlAsync("delete namespace created --timeout=30s");
        Assert.Contains("NotFound", (await cluster.TryAsync("get namespace created")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Labels_annotations_and_all_patch_types_change_an_object()
    {
        var ns = await cluster.NamespaceAsync("patch");
        await cluster.KubectlAsync($"create configmap m -n {ns} --from-literal=a=1");
        await cluster.KubectlAsync($"label cm m -n {ns} tier=web");
        await cluster.KubectlAsync($"annotate cm m -n {ns} note=hello");
        await cluster.RunAsync(["patch", "cm", "m", "-n", ns, "--type", "merge", "-p", """{"data":{"b":"2"}}"""]);
        await cluster.RunAsync(["patch", "cm", "m", "-n", ns, "--type", "json", "-p", """[{"op":"replace","path":"/data/a","value":"3"}]"""]);
        await cluster.RunAsync(["patch", "cm", "m", "-n", ns, "-p", """{"metadata":{"labels":{"tier":null,"env":"test"}}}"""]);
        var map = JsonDocument.Parse(await cluster.KubectlAsync($"get cm -n {ns} -l env=test -o json")).RootElement.GetProperty("items")[0];
        Assert.Equal("""{"a":"3","b":"2"}""", map.GetProperty("data").GetRawText().Replace("\n", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal("hello", map.GetProperty("metadata").GetProperty("annotations").GetProperty("note").GetString());
        Assert.False(map.GetProperty("metadata").GetProperty("labels").TryGetProperty("tier", out _));
    }

    [Fact]
    public async Task Events_are_told_in_both_groups()
    {
        var ns = await cluster.NamespaceAsync("events");
        await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.One("noisy", "debian", "sleep infinity"));
        await cluster.KubectlAsync($"wait -n {ns} pod/noisy --for=condition=Ready --timeout=45s");
        await cluster.EventuallyAsync($"events -n {ns} --for pod/noisy --types Normal", static o => o.Contains("Started", StringComparison.Ordinal) && o.Contains("Pod/noisy", StringComparison.Ordinal));
        Assert.Contains("pod/noisy", await cluster.KubectlAsync($"get events.events.k8s.io -n {ns} --field-selector reason=Started"), StringComparison.Ordinal);
        Assert.Equal("events.k8s.io/v1/Pod", await cluster.KubectlAsync($"get events.v1.events.k8s.io -n {ns} --field-selector regarding.name=noisy,reason=Started -o jsonpath={{.items[0].apiVersion}}/{{.items[0].regarding.kind}}"));
        Assert.Contains("deprecatedSource", await cluster.KubectlAsync("explain events --api-version=events.k8s.io/v1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Queues_are_steered_by_objects()
    {
        var table = await cluster.KubectlAsync("get flowschemas");
        Assert.Contains("PRIORITYLEVEL", table, StringComparison.Ordinal);
        Assert.Matches("global-default +global-default +9900 +ByUser +[0-9a-z]+ +False", table);
        Assert.Matches("workload-low +Limited +100 +128 +6 +50", await cluster.KubectlAsync("get prioritylevelconfigurations"));
        Assert.Matches("(?i)X-Kubernetes-Pf-Flowschema-Uid: [0-9a-f-]{36}", (await cluster.TryAsync("get --raw /api/v1/namespaces -v=8")).Error);
        Assert.Contains("must equal the fixed value", (await cluster.RunAsync(["patch", "flowschema", "catch-all", "--type", "merge", "-p", """{"spec":{"matchingPrecedence":9}}"""])).All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Edit_saves_what_the_editor_wrote()
    {
        var ns = await cluster.NamespaceAsync("edit");
        await cluster.KubectlAsync($"create configmap m -n {ns} --from-literal=a=before");
        var edit = await Shell.RunAsync("kubectl", ["--kubeconfig", cluster.Kubeconfig, "edit", "cm", "m", "-n", ns], environment: new Dictionary<string, string> { ["EDITOR"] = "sed -i s/before/after/" });
        Assert.True(edit.ExitCode == 0, edit.All);
        Assert.Equal("after", await cluster.KubectlAsync($"get cm m -n {ns} -o jsonpath={{.data.a}}"));
    }

    [Fact]
    public async Task A_watch_shows_an_object_come_change_and_go()
    {
        var ns = await cluster.NamespaceAsync("watch");
        using var watch = Shell.Start("kubectl", ["--kubeconfig", cluster.Kubeconfig, "get", "cm", "-n", ns, "-w", "--output-watch-events", "--no-headers", "--field-selector", "metadata.name=m"]);
        try
        {
            await cluster.KubectlAsync($"create configmap m -n {ns} --from-literal=a=1");
            await cluster.KubectlAsync($"label cm m -n {ns} x=y");
            await cluster.KubectlAsync($"delete cm m -n {ns}");
            foreach (var kind in new[] { "ADDED", "MODIFIED", "DELETED" })
            {
                Assert.Contains(kind, await watch.StandardOutput.ReadLineAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token), StringComparison.Ordinal);
            }
        }
        finally
        {
            watch.Kill();
        }
    }

    [Fact]
    public async Task The_server_introduces_itself()
    {
        Assert.Contains("+vitrine", await cluster.KubectlAsync("version"), StringComparison.Ordinal);
        Assert.Contains("is running at", await cluster.KubectlAsync("cluster-info"), StringComparison.Ordinal);
        var resources = await cluster.KubectlAsync("api-resources");
        foreach (var kind in new[] { "configmaps", "events", "namespaces", "nodes", "pods", "secrets", "serviceaccounts", "leases" })
        {
            Assert.Contains(kind, resources, StringComparison.Ordinal);
        }

        var explained = await cluster.KubectlAsync("explain pod.spec.containers.image");
        Assert.Contains("Container image name", explained, StringComparison.Ordinal);
        Assert.Equal("ok", await cluster.KubectlAsync("get --raw /readyz"));
    }

    [Fact]
    public async Task A_pod_is_run_described_read_and_deleted()
    {
        var ns = await cluster.NamespaceAsync("run");
        await cluster.KubectlAsync($"run web -n {ns} --image=nginx");
        await cluster.KubectlAsync($"wait -n {ns} pod/web --for=condition=Ready --timeout=45s");
        Assert.Matches(@"web\s+1/1\s+Running\s+0\s+\S+\s+10\.\d+\.\d+\.\d+\s+node-1", await cluster.KubectlAsync($"get pods -n {ns} -o wide"));
        await cluster.EventuallyAsync($"exec web -n {ns} -- curl -s -o /dev/null -w %{{http_code}} http://localhost", o => o == "200");
        await cluster.EventuallyAsync($"logs web -n {ns}", o => o.Contains("GET / HTTP/1.1", StringComparison.Ordinal));
        Assert.Single((await cluster.KubectlAsync($"logs web -n {ns} --tail=1")).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var described = await cluster.KubectlAsync($"describe pod web -n {ns}");
        foreach (var reason in new[] { "Scheduled", "Pulled", "Created", "Started" })
        {
            Assert.Contains(reason, described, StringComparison.Ordinal);
        }

        Assert.Contains("Started", await cluster.KubectlAsync($"get events -n {ns}"), StringComparison.Ordinal);
        await cluster.KubectlAsync($"delete pod web -n {ns} --timeout=30s");
        Assert.Contains("NotFound", (await cluster.TryAsync($"get pod web -n {ns}")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_passes_input_output_and_the_exit_code()
    {
        var ns = await cluster.NamespaceAsync("exec");
        await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.One("box", "debian", "sleep infinity"));
        await cluster.KubectlAsync($"wait -n {ns} pod/box --for=condition=Ready --timeout=45s");
        var text = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"line {i}\n"));
        var count = await cluster.TryAsync($"exec -i box -n {ns} -- wc -c", input: text, limit: TimeSpan.FromSeconds(30));
        Assert.Equal($"{text.Length}", count.Output.Trim());
        Assert.Equal(text, (await cluster.TryAsync($"exec -i box -n {ns} -- cat", input: text, limit: TimeSpan.FromSeconds(30))).Output);
        var failed = await cluster.RunAsync(["exec", "box", "-n", ns, "--", "sh", "-c", "echo out; echo err >&2; exit 42"]);
        Assert.Equal((42, "out\n"), (failed.ExitCode, failed.Output));
        Assert.Contains("err\n", failed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_with_a_terminal_gives_a_terminal()
    {
        var ns = await cluster.NamespaceAsync("tty");
        await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.One("box", "debian", "sleep infinity"));
        await cluster.KubectlAsync($"wait -n {ns} pod/box --for=condition=Ready --timeout=45s");

        // script(1) lends kubectl a terminal of 100 columns. Its size follows on a channel of its own, so the command waits for it.
        var typed = await Shell.RunAsync("script", ["-qec", $"stty cols 100 rows 40; kubectl --kubeconfig {cluster.Kubeconfig} exec -it box -n {ns} -- sh -c 'tty; while [ \"$(stty size)\" = \"0 0\" ]; do sleep 0.1; done; stty size'", "/dev/null"], input: "", limit: TimeSpan.FromSeconds(30));
        Assert.Contains("/dev/pts/", typed.Output, StringComparison.Ordinal);
        Assert.Contains("40 100", typed.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kubectl.1.27")]
    [InlineData("kubectl.1.33")]
    public async Task Older_and_newer_kubectl_agree(string program)
    {
        var path = $"/usr/lib/google-cloud-sdk/bin/{program}";
        Assert.SkipUnless(File.Exists(path), $"{program} is not on this machine");
        var ns = $"skew-{program[^2..]}";
        Task<ShellResult> Run(string arguments, string? input = null) => Shell.RunAsync(path, ["--kubeconfig", cluster.Kubeconfig, .. arguments.Split(' ')], input);
        Assert.Equal(0, (await Run($"create namespace {ns}")).ExitCode);
        Assert.Equal(0, (await Run($"apply -n {ns} -f -", Pods.One("box", "debian", "sleep infinity"))).ExitCode);
        var wait = await Run($"wait -n {ns} pod/box --for=condition=Ready --timeout=45s");
        Assert.True(wait.ExitCode == 0, wait.All);
        var echo = await Run($"exec -i box -n {ns} -- cat", "through both protocols");
        Assert.Equal("through both protocols", echo.Output);
    }
}
