using System.Text.Json;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>A whole `vitrine up` of its own name and ranges, gone after use.</summary>
public class TestCluster(string name, int index, params string[] options) : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory($"vitrine-{name}-").FullName;

    public static string Vitrine { get; } = Environment.GetEnvironmentVariable("VITRINE")
        ?? throw new InvalidOperationException("VITRINE names no executable; run the tests by ./test.sh");

    public static string Plugin { get; } = Environment.GetEnvironmentVariable("VITRINE_CNI") ?? throw new InvalidOperationException("VITRINE_CNI names no plugin; run the tests by ./test.sh");

    public string Name => name;

    /// <summary>What its ranges and ports differ by from other clusters'.</summary>
    protected int Index => index;

    public string Kubeconfig => Path.Combine(folder, "kubeconfig");

    public int ApiPort => 16443 + index;

    public virtual string PodCidr => $"10.{200 + index}.0.0/16";

    public virtual string ServiceCidr => $"10.{220 + index}.0.0/16";

    public virtual string NodeCidr => $"172.29.{index}.0/24";

    public virtual string NodeAddress => $"172.29.{index}.2";

    /// <summary>An IPv6 address on the nodes' bridge, where its range follows from the IPv4 one; the host has the first.</summary>
    public string OnBridge6(int host) => $"fd00:172:29:{index}::{host}";

    /// <summary>An address as a URL has it.</summary>
    public static string Url(string address) => address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;

    public string State => $"/var/lib/vitrine/clusters/{name}";

    public Task<ShellResult> UpAsync(params string[] more) => UpUnderAsync([], more);

    /// <param name="wrapper">a program that runs the rest of its command line, and its own arguments</param>
    /// <param name="more">options</param>
    public Task<ShellResult> UpUnderAsync(string[] wrapper, params string[] more) => Shell.RunAsync(
        "env",
        [.. wrapper, Vitrine, "up", "--name", name, "--kubeconfig", Kubeconfig, "--api-port", $"{ApiPort}", "--pod-cidr", PodCidr, "--service-cidr", ServiceCidr, "--node-cidr", NodeCidr, .. options, .. more],
        limit: TimeSpan.FromMinutes(3));

    public Task<ShellResult> DownAsync() => Shell.RunAsync(Vitrine, ["down", "--name", name], limit: TimeSpan.FromMinutes(2));

    public async ValueTask InitializeAsync()
    {
        await DownAsync();
        var up = await UpAsync();
        Assert.True(up.ExitCode == 0, up.All);
    }

    public async ValueTask DisposeAsync()
    {
        await DownAsync();
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>kubectl with this cluster's kubeconfig.</summary>
    public Task<ShellResult> TryAsync(string arguments, string? input = null, TimeSpan? limit = null) =>
        RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), input, limit);

    public Task<ShellResult> RunAsync(IEnumerable<string> arguments, string? input = null, TimeSpan? limit = null) =>
        Shell.RunAsync("kubectl", ["--kubeconfig", Kubeconfig, .. arguments], input, limit);

    /// <summary>kubectl that must succeed; its standard output.</summary>
    public async Task<string> KubectlAsync(string arguments, string? input = null, TimeSpan? limit = null)
    {
        var result = await TryAsync(arguments, input, limit);
        Assert.True(result.ExitCode == 0, $"kubectl {arguments}: {result.All}");
        return result.Output;
    }

    /// <summary>A namespace for one test, deleted when it ends.</summary>
    public async Task<string> NamespaceAsync(string name)
    {
        NamespaceCleanupAttribute.Remember(this, name);
        await KubectlAsync("apply -f -", $$$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{{name}}}"}}""");
        return name;
    }

    /// <summary>Asks kubectl again and again until its output is as wanted.</summary>
    public async Task<string> EventuallyAsync(string arguments, Func<string, bool> wanted, int seconds = 45)
    {
        var last = "";
        for (var deadline = Environment.TickCount64 + (seconds * 1000L); Environment.TickCount64 < deadline; await Task.Delay(TimeSpan.FromMilliseconds(100)))
        {
            last = (await TryAsync(arguments)).All;
            if (wanted(last))
            {
                return last;
            }
        }

        var seen = await TryAsync("get nodes,pods -A -o wide");
        var events = await TryAsync("get events -A --sort-by=.lastTimestamp");
        throw new TimeoutException($"kubectl {arguments} did not come to what was wanted within {seconds} s; last: {last}\n{seen.All}\n{string.Join('\n', events.All.Split('\n').TakeLast(60))}");
    }

    /// <summary>Looks again and again until something is so.</summary>
    public static async Task EventuallyAsync(Func<Task<bool>> met, string what, int seconds = 20)
    {
        for (var deadline = Environment.TickCount64 + (seconds * 1000L); Environment.TickCount64 < deadline; await Task.Delay(TimeSpan.FromMilliseconds(100)))
        {
            if (await met())
            {
                return;
            }
        }

        throw new TimeoutException($"not within {seconds} s: {what}");
    }

    /// <summary>A pod on a node of choice, running when this returns.</summary>
    public async Task PodAsync(string ns, string name, string node, string image = "debian", string command = "sleep infinity", string more = "")
    {
        var given = await RunAsync(["apply", "-n", ns, "-f", "-"], Pods.One(name, image, command, $"  nodeName: {node}\n{more}"));
        Assert.True(given.ExitCode == 0, given.All);
        await KubectlAsync($"wait -n {ns} pod/{name} --for=condition=Ready --timeout=60s", limit: TimeSpan.FromSeconds(70));
    }

    /// <summary>`vitrine node VERB NAME` of this cluster.</summary>
    public Task<ShellResult> TryNodeAsync(string verb, string node) => Shell.RunAsync(Vitrine, ["node", verb, node, "--name", name], limit: TimeSpan.FromMinutes(2));

    /// <summary>The same where it must succeed.</summary>
    public async Task<ShellResult> NodeAsync(string verb, string node)
    {
        var done = await TryNodeAsync(verb, node);
        Assert.True(done.ExitCode == 0, $"node {verb} {node}: {done.All}");
        return done;
    }

    /// <summary>A shell command in a node's own namespaces, as an administrator logged in there.</summary>
    public Task<ShellResult> OnNodeAsync(string node, string command, TimeSpan? limit = null) =>
        Shell.RunAsync("nsenter", [$"--net=/run/vitrine/{name}/ns/{node}.net", $"--mount=/run/vitrine/{name}/ns/{node}.mnt", "sh", "-c", command], limit: limit);

    /// <summary>A shell command in a pod's container; its output, whatever its exit code.</summary>
    public async Task<string> InPodAsync(string ns, string pod, string command, TimeSpan? limit = null) =>
        (await RunAsync(["exec", "-n", ns, pod, "--", "sh", "-c", command], limit: limit)).All;

    /// <summary>The addresses of a pod, the primary first.</summary>
    public async Task<string[]> AddressesAsync(string ns, string pod) =>
        (await KubectlAsync($"get pod {pod} -n {ns} -o jsonpath={{.status.podIPs[*].ip}}")).Split(' ');

    /// <summary>`vitrine status -o json` of this cluster.</summary>
    public async Task<JsonElement> StatusAsync()
    {
        var status = await Shell.RunAsync(Vitrine, ["status", "--name", name, "-o", "json"]);
        return JsonDocument.Parse(status.Output).RootElement[0].Clone();
    }

    /// <summary>Pid of a component, or 0 while it is not running.</summary>
    public async Task<int> PidAsync(string component) =>
        (await StatusAsync()).GetProperty("components").EnumerateArray().Single(c => c.GetProperty("name").GetString() == component) is var c
        && c.GetProperty("pid").ValueKind == JsonValueKind.Number ? c.GetProperty("pid").GetInt32() : 0;
}
