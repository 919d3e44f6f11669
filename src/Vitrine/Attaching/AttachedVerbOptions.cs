using System.CommandLine;
using System.Net;
using Vitrine.Joining;
using Vitrine.Verbs;

namespace Vitrine.Attaching;

/// <summary>What `vitrine node` may be told where only the network's parts are to run.</summary>
internal sealed class AttachedVerbOptions
{
    public const string DefaultBin = "/opt/cni/bin", DefaultConf = "/etc/cni/net.d";

    private readonly Option<string?> components = new("--components")
    {
        Description = "Only the network's parts, beside a kubelet, of cni,routes,services,dns,policy,gateway; or all of these.",
    };

    private readonly Option<string?> server = VerbOptions.OrEmpty("--server", "With --components: URL of the API server, instead of the one of the kubeconfig or the pod.");
    private readonly Option<bool> noProxy = new("--no-proxy-process") { Description = "With --components: the gateway's proxy is started elsewhere, as vitrine gateway --plan-socket RUN/gateway.sock." };
    private readonly Option<string> conf = new("--cni-conf-dir") { Description = "With --components: where the runtime looks for CNI configurations.", DefaultValueFactory = _ => DefaultConf };

    private readonly Option<string?> metrics = VerbOptions.OrEmpty("--metrics-bind-address", "With --components: address and port of /healthz, /readyz and /metrics of the agent, e.g. 127.0.0.1:9753; none: there are none.");

    /// <summary>The node's name, as an agent's pod is told it; null elsewhere.</summary>
    public static string? NodeOfPod => Environment.GetEnvironmentVariable("NODE_NAME");

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[components, server, conf, noProxy, metrics])
            command.Options.Add(option);
    }

    public bool Given(ParseResult parse) => parse.GetValue(components) is not null;

    /// <summary>Where it is not given, kubeconfig, folders and name are those of a pod of a DaemonSet, or a plain node's.</summary>
    /// <exception cref="CommandFailure">a value that cannot be</exception>
    public AttachedOptions Read(ParseResult parse, string? kubeconfig, string? nodeName, string? bin, string? data, string? run, string? clusterDns, DnsVerbOptions dns, ServiceVerbOptions services)
    {
        var addresses = DnsVerbOptions.Addresses(clusterDns);
        return new AttachedOptions
        {
            Components = ComponentList.Parse(parse.GetValue(components)!),
            Api = ApiAccess.Read(kubeconfig, parse.GetValue(server)),
            NodeName = nodeName ?? NodeOfPod ?? Environment.MachineName.ToLowerInvariant(),
            CniBinDirectory = bin ?? DefaultBin,
            CniConfDirectory = parse.GetValue(conf)!,
            DataDirectory = data ?? JoinedPaths.DefaultData,
            RunDirectory = run ?? JoinedPaths.DefaultRun,
            ClusterDns = addresses,
            Dns = dns.Read(parse, [.. Clusters.DnsSettings.OfThisMachine().Except(addresses.Select(a => $"{a}"))]),
            Services = services.Read(parse),
            Metrics = Endpoint(parse.GetValue(metrics)),
            RunsProxy = !parse.GetValue(noProxy),
        };
    }

    private static IPEndPoint? Endpoint(string? text) => string.IsNullOrEmpty(text) ? null
        : IPEndPoint.TryParse(text, out var endpoint) && endpoint.Port != 0 ? endpoint
        : throw new CommandFailure($"--metrics-bind-address {text} is no address and port", "give ADDRESS:PORT, e.g. 127.0.0.1:9753 or [::1]:9753");
}
