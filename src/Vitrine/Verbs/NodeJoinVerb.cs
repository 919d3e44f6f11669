using System.CommandLine;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Vitrine.Agent;
using Vitrine.Clusters;
using Vitrine.Joining;
using Vitrine.Supervision;

namespace Vitrine.Verbs;

/// <summary>`vitrine node join`: this machine becomes a node of a cluster elsewhere and stays one as long as the command runs; its pods outlive it.</summary>
internal static class NodeJoinVerb
{
    public static Command Create()
    {
        var server = new Option<string>("--server") { Description = "URL of the API server, e.g. https://192.0.2.1:6443.", Required = true };
        var token = new Option<string?>("--token") { Description = "Bootstrap token; needed the first time only." };
        var hash = new Option<string?>("--discovery-token-ca-cert-hash") { Description = "sha256:HEX of the cluster's authority, as vitrine token create prints it." };
        var caFile = new Option<string?>("--ca-cert-file") { Description = "PEM file of the cluster's authority, instead of asking the server." };
        var skip = new Option<bool>("--discovery-token-unsafe-skip-ca-verification") { Description = "Believe whoever answers at --server." };
        var name = new Option<string>("--node-name") { Description = "Name of the Node object.", DefaultValueFactory = _ => Environment.MachineName.ToLowerInvariant() };
        var address = new Option<string?>("--node-address") { Description = "This node's addresses, one of each family with a comma (default: the one it reaches the server from)." };
        var data = new Option<string>("--data-dir") { Description = "Durable files.", DefaultValueFactory = _ => JoinedPaths.DefaultData };
        var run = new Option<string>("--run-dir") { Description = "Volatile files; a short path.", DefaultValueFactory = _ => JoinedPaths.DefaultRun };
        var mirror = new Option<string?>("--image-mirror") { Description = "Registry to ask first, e.g. http://172.30.0.1:5000." };
        var proxy = new Option<string?>("--pull-proxy") { Description = "Forward proxy for pulls from other registries." };
        var runtime = new Option<string>("--runtime") { Description = "OCI runtime.", DefaultValueFactory = _ => "runc" };
        runtime.AcceptOnlyFromAmong("runc", "crun");
        var clusterDns = DnsVerbOptions.ClusterDns();
        var dns = new DnsVerbOptions();
        var services = new ServiceVerbOptions();
        var command = new Command("join", "Make this machine a node of a cluster elsewhere; runs in the foreground.") { server, token, hash, caFile, skip, name, address, data, run, mirror, proxy, runtime, clusterDns };
        var agent = new AgentVerbOptions();
        agent.AddTo(command);
        dns.AddTo(command);
        services.AddTo(command);
        command.SetAction(async (parse, ct) =>
        {
            RootUser.Require("node join");
            var url = Uri.TryCreate(parse.GetRequiredValue(server), UriKind.Absolute, out var given) && given.Scheme == "https"
                ? given
                : throw new CommandFailure($"--server {parse.GetValue(server)} is no https URL", "write it as https://HOST:6443");
            var paths = new JoinedPaths(Path.GetFullPath(parse.GetValue(data)!), Path.GetFullPath(parse.GetValue(run)!));
            var bootstrap = parse.GetValue(token) is { } text ? BootstrapToken.Parse(text) : null;
            if (bootstrap is not null && parse.GetValue(hash) is null && parse.GetValue(caFile) is null && !parse.GetValue(skip) && !File.Exists(paths.Kubeconfig))
            {
                throw new CommandFailure("nothing says whether the server is the right one", "give --discovery-token-ca-cert-hash (vitrine token create prints it) or --ca-cert-file");
            }

            var options = new JoinOptions
            {
                Server = url,
                Token = bootstrap,
                AuthorityHash = parse.GetValue(hash),
                AuthorityFile = parse.GetValue(caFile),
                NodeName = ClusterSpec.RequireNodeName(parse.GetValue(name)!),
                Addresses = parse.GetValue(address) is { } addresses
                    ? [.. addresses.Split(',').Select(a => IPAddress.TryParse(a, out var ip) ? ip : throw new CommandFailure($"--node-address {a} is no address", "write addresses with a comma between"))]
                    : [await NodeJoin.OwnAddressAsync(url, ct)],
                Paths = paths,
            };
            Directory.CreateDirectory(paths.Data);
            await NodeJoin.EnsureAsync(options, TimeProvider.System, ct);
            await File.WriteAllTextAsync(Path.Combine(Cgroups.EnsureComponents(paths.Cgroup), "cgroup.procs"), $"{Environment.ProcessId}", ct);

            var settings = dns.Read(parse, DnsSettings.OfThisMachine());
            using var logs = ComponentLogs.Create();
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var proxying = new SuperviseLoop(() => [GatewayVerb.Component("gateway", [], paths.Run, Path.Combine(paths.Data, "gateway.log"), Path.Combine(paths.Run, "gateway.pid"), paths.Cgroup)], logs.CreateLogger("gateway"), TimeProvider.System).RunAsync(stop.Token);
            try
            {
                return await NodeRun.RunAsync(
                    agent.Apply(parse, new NodeAgentOptions
                    {
                        Kubeconfig = paths.Kubeconfig,
                        NodeName = options.NodeName,
                        NodeAddresses = options.Addresses,
                        ServingCertificate = Pki.Load(paths.Certificate, paths.Key),
                        ClusterCa = X509CertificateLoader.LoadCertificateFromFile(paths.Authority),
                        DataDirectory = paths.Data,
                        RunDirectory = paths.Run,
                        CniBinDirectory = ClusterComponents.CniFolder,
                        ImageMirror = parse.GetValue(mirror),
                        PullProxy = parse.GetValue(proxy),
                        Runtime = parse.GetValue(runtime)!,
                        CgroupParent = paths.Cgroup,
                        ClusterDns = DnsVerbOptions.Addresses(parse.GetValue(clusterDns)),
                        ClusterDomain = settings.Domain,
                    }),
                    settings,
                    services.Read(parse),
                    logs,
                    ct);
            }
            finally
            {
                await stop.CancelAsync();
                await proxying;
            }
        });
        return command;
    }
}
