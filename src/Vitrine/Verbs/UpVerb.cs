using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Vitrine.ApiServer.Audit;
using Vitrine.Clusters;
using Vitrine.Mapping;
using Vitrine.Model;
using Vitrine.Model.Plans;

namespace Vitrine.Verbs;

/// <summary>What `up -o json` prints; times in seconds. The map's link is good once, null where no map is served.</summary>
internal sealed record UpReport(string Name, string Context, string Kubeconfig, string Server, IReadOnlyList<UpStepTime> Steps, double Seconds, string? Map);

/// <summary>`vitrine up`: a cluster, ready to use.</summary>
internal static class UpVerb
{
    public static Command Create()
    {
        var name = VerbOptions.Name();
        var nodes = new Option<int>("--nodes") { Description = "Number of nodes; with more than one the first is the control plane and runs no pods.", DefaultValueFactory = _ => 1 };
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "Kubeconfig to merge the context into (default: $KUBECONFIG or ~/.kube/config)." };
        var apiPort = new Option<int>("--api-port") { Description = "Port of the API server on 127.0.0.1.", DefaultValueFactory = _ => ClusterSpec.DefaultApiPort };
        var family = new Option<string>("--ip-family") { Description = "ipv4, ipv6 or dual.", DefaultValueFactory = _ => Ranges.HostHasIPv6 ? "dual" : "ipv4" };
        family.AcceptOnlyFromAmong("ipv4", "ipv6", "dual");
        var pods = new Option<string?>("--pod-cidr") { Description = $"Range of pod addresses, one of each family with a comma (default {ClusterSpec.DefaultPodCidr} and a unique local one like it)." };
        var services = new Option<string?>("--service-cidr") { Description = $"Range of Service addresses, likewise (default {ClusterSpec.DefaultServiceCidr})." };
        var bridge = new Option<string?>("--node-cidr") { Description = $"Range of the node bridge, likewise (default {ClusterSpec.DefaultNodeCidr})." };
        var pools = new Option<string[]>("--lb-pool") { Description = "Addresses for LoadBalancer Services: [NAME=]CIDR or [NAME=]FIRST-LAST, several times if need be, or none (default: the end of --node-cidr)." };
        var externalIPs = new Option<bool>("--allow-external-ips") { Description = "Let Services take any address by spec.externalIPs (CVE-2020-8554: off by default)." };
        var auditLog = new Option<string?>("--audit-log-path") { Description = "Write who asked the API server for what into this file (audit.k8s.io/v1, JSON lines, 0600)." };
        var auditPolicy = new Option<string?>("--audit-policy-file") { Description = "How much of which requests: a Policy of audit.k8s.io/v1 (default: the metadata of all)." };
        var mtu = new Option<int>("--mtu") { Description = "Bytes, of every link of nodes and pods.", DefaultValueFactory = _ => 1500 };
        var egress = new Option<string>("--egress") { Description = "none: nothing leaves this machine; nat: pods reach the internet through the host (IPv4).", DefaultValueFactory = _ => HostEgress.None };
        egress.AcceptOnlyFromAmong(HostEgress.None, HostEgress.Nat);
        var grace = new Option<int>("--node-monitor-grace-period") { Description = "Seconds of silence after which a node is NotReady.", DefaultValueFactory = _ => 40 };
        var toleration = new Option<int>("--default-toleration-seconds") { Description = "Seconds pods stay on a node that is not ready or unreachable, unless they say otherwise.", DefaultValueFactory = _ => 300 };
        var runtime = new Option<string>("--runtime") { Description = "OCI runtime of the nodes.", DefaultValueFactory = _ => "runc" };
        runtime.AcceptOnlyFromAmong("runc", "crun");
        var agents = new Option<string[]>("--agent-arg") { Description = "An argument more for every node's agent, such as --agent-arg=--shutdown-grace-period=30; vitrine node --help lists them." };
        var dns = new DnsVerbOptions();
        var output = VerbOptions.Output();
        var command = new Command("up", "Bring a cluster up, or what is missing of it.") { name, nodes, family, kubeconfig, apiPort, pods, services, bridge, pools, externalIPs, auditLog, auditPolicy, mtu, egress, grace, toleration, runtime, agents, output };
        dns.AddTo(command);
        command.SetAction(async (parse, ct) =>
        {
            RootUser.Require("up");
            var paths = new ClusterPaths(parse.GetValue(name)!);
            var existing = ClusterSpec.Read(paths);
            if (existing is not null && new Option[] { family, apiPort, pods, services, bridge, pools, externalIPs, auditLog, auditPolicy, mtu, egress, grace, toleration, runtime, agents }.Concat(dns.All).FirstOrDefault(o => parse.GetResult(o) is { Implicit: false }) is { } given)
            {
                throw new CommandFailure($"the cluster \"{paths.Name}\" exists; {given.Name} cannot change it", $"vitrine down --name {paths.Name} first");
            }

            if (existing is not null && parse.GetResult(nodes) is { Implicit: false } && parse.GetValue(nodes) != existing.Nodes.Count)
            {
                throw new CommandFailure($"the cluster \"{paths.Name}\" exists and has {existing.Nodes.Count} nodes", $"vitrine node add NAME --name {paths.Name} adds one, vitrine node remove NAME takes one away");
            }

            var families = parse.GetValue(family)!;
            var spec = existing ?? WithPools(new ClusterSpec
                {
                    Name = paths.Name,
                    ApiPort = parse.GetValue(apiPort),
                    PodCidrs = Ranges.Require("--pod-cidr", parse.GetValue(pods), ClusterSpec.DefaultPodCidr, families, 26, 56),
                    ServiceCidrs = Ranges.Require("--service-cidr", parse.GetValue(services), ClusterSpec.DefaultServiceCidr, families, 28, 112),
                    NodeCidrs = Ranges.Require("--node-cidr", parse.GetValue(bridge), ClusterSpec.DefaultNodeCidr, families, 28, 64),
                    Mtu = parse.GetValue(mtu) is >= 1280 and <= 65535 and var bytes
                        ? bytes
                        : throw new CommandFailure($"--mtu {parse.GetValue(mtu)} is no MTU", "give 1280 (what IPv6 asks for, RFC 8200) to 65535 bytes"),
                    NodeMonitorGracePeriod = parse.GetValue(grace) is >= 4 and <= 3600 and var silence
                        ? silence
                        : throw new CommandFailure($"--node-monitor-grace-period {parse.GetValue(grace)} is out of range", "give 4 to 3600 seconds"),
                    DefaultTolerationSeconds = parse.GetValue(toleration) is >= 0 and var patience
                        ? patience
                        : throw new CommandFailure($"--default-toleration-seconds {parse.GetValue(toleration)} is negative", "give 0 or more seconds"),
                    Egress = parse.GetValue(egress) == HostEgress.Nat && families == "ipv6"
                        ? throw new CommandFailure("--egress nat needs IPv4, and --ip-family ipv6 has none", "use --ip-family dual")
                        : parse.GetValue(egress)!,
                    Runtime = parse.GetValue(runtime)!,
                    Dns = dns.Read(parse, parse.GetValue(egress) == HostEgress.Nat ? DnsSettings.OfThisMachine() : []),
                    Kubeconfig = Path.GetFullPath(parse.GetValue(kubeconfig) ?? KubeconfigFile.Default),
                    AgentArguments = parse.GetValue(agents) ?? [],
                    AllowExternalIPs = parse.GetValue(externalIPs),
                    AuditLogPath = parse.GetValue(auditLog) is { } log ? Path.GetFullPath(log) : null,
                    AuditPolicyFile = PolicyFile(parse.GetValue(auditPolicy), parse.GetValue(auditLog)),
                    Nodes = [],
                }, parse.GetValue(pools)).WithNodes(parse.GetValue(nodes));
            if (parse.GetValue(kubeconfig) is { } other)
            {
                spec = spec with { Kubeconfig = Path.GetFullPath(other) };
            }

            var report = await RunAsync(new ClusterUp(paths, spec, existing is not null, TimeProvider.System), paths, spec, parse.GetValue(output) == "json", ct);
            return report;
        });
        return command;
    }

    private static string? PolicyFile(string? file, string? log)
    {
        if (file is null)
        {
            return null;
        }

        if (log is null)
        {
            throw new CommandFailure("--audit-policy-file without --audit-log-path writes nothing", "give --audit-log-path FILE");
        }

        try
        {
            AuditPolicyFile.Check(file);
            return Path.GetFullPath(file);
        }
        catch (IOException e)
        {
            throw new CommandFailure(e.Message, "https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/ shows one");
        }
    }

    private static ClusterSpec WithPools(ClusterSpec spec, string[]? given) => spec with { LoadBalancerPools = Ranges.Pools(given, spec) };

    private static async Task<int> RunAsync(ClusterUp up, ClusterPaths paths, ClusterSpec spec, bool json, CancellationToken ct)
    {
        var whole = Stopwatch.StartNew();
        if (!json)
        {
            Console.WriteLine($"Bringing up cluster \"{spec.Name}\"");
        }

        var times = await StepPrinter.RunAsync(up.Steps, quiet: json, ct);
        var map = MapLink.New(paths, MapRights.Look);
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(
                new UpReport(spec.Name, spec.Context, spec.Kubeconfig, $"https://127.0.0.1:{spec.ApiPort}", times, whole.Elapsed.TotalSeconds, map), VerbJson.Default.UpReport));
            return 0;
        }

        Console.WriteLine($"""
            Ready after {whole.Elapsed.TotalSeconds:0.00} s. The context "{spec.Context}" is now current in {spec.Kubeconfig}:

              kubectl --context {spec.Context} get nodes

            {(map is null ? "" : $"The map, by a link that is good once: {map}")}
            """);
        return 0;
    }
}
