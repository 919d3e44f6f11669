using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Spectre.Console;
using Vitrine.Clusters;

namespace Vitrine.Verbs;

/// <summary>What `up -o json` prints; times in seconds.</summary>
internal sealed record UpReport(string Name, string Context, string Kubeconfig, string Server, IReadOnlyList<UpStepTime> Steps, double Seconds);

internal sealed record UpStepTime(string Step, double Seconds);

/// <summary>`vitrine up`: a cluster, ready to use.</summary>
internal static class UpVerb
{
    public static Command Create()
    {
        var name = VerbOptions.Name();
        var nodes = new Option<int>("--nodes") { Description = "Number of nodes.", DefaultValueFactory = _ => 1 };
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "Kubeconfig to merge the context into (default: $KUBECONFIG or ~/.kube/config)." };
        var apiPort = new Option<int>("--api-port") { Description = "Port of the API server on 127.0.0.1.", DefaultValueFactory = _ => ClusterSpec.DefaultApiPort };
        var pods = new Option<string>("--pod-cidr") { Description = "Range of pod addresses.", DefaultValueFactory = _ => ClusterSpec.DefaultPodCidr };
        var services = new Option<string>("--service-cidr") { Description = "Range of Service addresses.", DefaultValueFactory = _ => ClusterSpec.DefaultServiceCidr };
        var bridge = new Option<string>("--node-cidr") { Description = "Range of the node bridge.", DefaultValueFactory = _ => ClusterSpec.DefaultNodeCidr };
        var runtime = new Option<string>("--runtime") { Description = "OCI runtime of the nodes.", DefaultValueFactory = _ => "runc" };
        runtime.AcceptOnlyFromAmong("runc", "crun");
        var output = VerbOptions.Output();
        var command = new Command("up", "Bring a cluster up, or what is missing of it.") { name, nodes, kubeconfig, apiPort, pods, services, bridge, runtime, output };
        command.SetAction(async (parse, ct) =>
        {
            RootUser.Require("up");
            var paths = new ClusterPaths(parse.GetValue(name)!);
            if (parse.GetValue(nodes) != 1)
            {
                throw new CommandFailure($"--nodes {parse.GetValue(nodes)}: a cluster has one node in this release", "leave --nodes out");
            }

            var nodeRange = Ranges.Require("--node-cidr", parse.GetValue(bridge)!, 28);
            Ranges.Require("--pod-cidr", parse.GetValue(pods)!, 26);
            Ranges.Require("--service-cidr", parse.GetValue(services)!, 28);
            var existing = ClusterSpec.Read(paths);
            if (existing is not null && new Option[] { apiPort, pods, services, bridge, runtime }.FirstOrDefault(o => parse.GetResult(o) is { Implicit: false }) is { } given)
            {
                throw new CommandFailure($"the cluster \"{paths.Name}\" exists; {given.Name} cannot change it", $"vitrine down --name {paths.Name} first");
            }

            var spec = existing ?? new ClusterSpec
            {
                Name = paths.Name,
                ApiPort = parse.GetValue(apiPort),
                PodCidr = parse.GetValue(pods)!,
                ServiceCidr = parse.GetValue(services)!,
                NodeCidr = parse.GetValue(bridge)!,
                Runtime = parse.GetValue(runtime)!,
                Kubeconfig = Path.GetFullPath(parse.GetValue(kubeconfig) ?? KubeconfigFile.Default),
                Nodes = [new NodeSpec("node-1", Ranges.AddressAt(nodeRange, 2).ToString(), ControlPlane: true)],
            };
            if (parse.GetValue(kubeconfig) is { } other)
            {
                spec = spec with { Kubeconfig = Path.GetFullPath(other) };
            }

            var report = await RunAsync(new ClusterUp(paths, spec, existing is not null, TimeProvider.System), spec, parse.GetValue(output) == "json", ct);
            return report;
        });
        return command;
    }

    private static async Task<int> RunAsync(ClusterUp up, ClusterSpec spec, bool json, CancellationToken ct)
    {
        var whole = Stopwatch.StartNew();
        var times = new List<UpStepTime>();
        if (!json)
        {
            Console.WriteLine($"Bringing up cluster \"{spec.Name}\"");
        }

        foreach (var step in up.Steps)
        {
            var one = Stopwatch.StartNew();
            await ShowAsync(step, json, ct);
            times.Add(new UpStepTime(step.Title, one.Elapsed.TotalSeconds));
            if (!json)
            {
                Console.WriteLine($" ✓ {step.Title,-36} {one.Elapsed.TotalSeconds,6:0.00} s");
            }
        }

        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(
                new UpReport(spec.Name, spec.Context, spec.Kubeconfig, $"https://127.0.0.1:{spec.ApiPort}", times, whole.Elapsed.TotalSeconds), VerbJson.Default.UpReport));
            return 0;
        }

        Console.WriteLine($"""
            Ready after {whole.Elapsed.TotalSeconds:0.00} s. The context "{spec.Context}" is now current in {spec.Kubeconfig}:

              kubectl --context {spec.Context} get nodes
            """);
        return 0;
    }

    private static Task ShowAsync(UpStep step, bool json, CancellationToken ct) => json || Console.IsOutputRedirected
        ? step.RunAsync(ct)
        : AnsiConsole.Status().StartAsync(step.Title, _ => step.RunAsync(ct));
}
