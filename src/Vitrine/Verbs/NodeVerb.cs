using System.CommandLine;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Vitrine.Agent;
using Vitrine.Attaching;
using Vitrine.Clusters;

namespace Vitrine.Verbs;

/// <summary>
/// `vitrine node`: the node agent and the node's data path in the foreground; they know their cluster by a kubeconfig alone.
/// Below it the verbs that change a cluster's nodes.
/// </summary>
internal static class NodeVerb
{
    public static Command Create()
    {
        // Needed by a whole node; not with --components.
        List<Option<string>> needed = [];
        var kubeconfig = Needed("--kubeconfig", "Kubeconfig of this node's identity (system:node:NAME).");
        var nodeName = Needed("--node-name", "Name of the Node object.");
        var address = Needed("--node-address", "The node's InternalIP; one of each family with a comma.");
        var certificate = Needed("--tls-cert-file", "Serving certificate of the kubelet API.");
        var key = Needed("--tls-private-key-file", "Its key.");
        var ca = Needed("--client-ca-file", "Authority of the clients of the kubelet API.");
        var data = Needed("--data-dir", "Durable files of this node.");
        var run = Needed("--run-dir", "Volatile files of this node; a short path.");
        var cni = Needed("--cni-bin-dir", "Folder of vitrine-cni and loopback.");
        var mirror = new Option<string?>("--image-mirror") { Description = "Registry to ask first, e.g. http://172.30.0.1:5000." };
        var proxy = new Option<string?>("--pull-proxy") { Description = "Forward proxy for pulls from other registries." };
        var runtime = new Option<string>("--runtime") { Description = "OCI runtime.", DefaultValueFactory = _ => "runc" };
        runtime.AcceptOnlyFromAmong("runc", "crun");
        var cgroup = Needed("--cgroup-parent", "Parent of the pods' cgroups.");
        var lease = new Option<int>("--node-lease-duration-seconds") { Description = "How long the node counts as alive after a heartbeat.", DefaultValueFactory = _ => 40 };
        var taints = new Option<string?>("--register-with-taints") { Description = "Taints of a new Node object: KEY=VALUE:EFFECT, with commas between." };
        var controlPlane = new Option<bool>("--control-plane") { Description = "Label the node as control plane." };
        var clusterDns = DnsVerbOptions.ClusterDns();
        var dns = new DnsVerbOptions();
        var services = new ServiceVerbOptions();
        var command = new Command("node", "Add, remove, stop or start a node; without a verb, run a node agent in the foreground (started by up).")
        {
            kubeconfig, nodeName, address, certificate, key, ca, data, run, cni, mirror, proxy, runtime, cgroup, controlPlane, taints, lease, clusterDns,
            NodeAddVerb.Create(), NodeRemoveVerb.Create(), NodeRemoveVerb.CreateStop(), NodeAddVerb.CreateStart(),
            NodeJoinVerb.Create(), NodeLeaveVerb.Create(), NodeCleanVerb.Create(),
        };
        var agent = new AgentVerbOptions();
        var attached = new AttachedVerbOptions();
        attached.AddTo(command);
        agent.AddTo(command);
        dns.AddTo(command);
        services.AddTo(command);
        command.SetAction(async (parse, ct) =>
        {
            RootUser.Require("node");
            using var logs = ComponentLogs.Create();
            if (attached.Given(parse))
            {
                return await AttachedRun.RunAsync(
                    attached.Read(parse, parse.GetValue(kubeconfig), parse.GetValue(nodeName), parse.GetValue(cni), parse.GetValue(data), parse.GetValue(run), parse.GetValue(clusterDns), dns, services), logs, ct);
            }

            if (parse.CommandResult.Command.Options.OfType<Option<string>>().FirstOrDefault(o => needed.Contains(o) && parse.GetValue(o) is null) is { } missing)
            {
                throw new CommandFailure($"vitrine node: option {missing.Name} is missing", "vitrine node --components … runs only the network's parts, beside a kubelet; vitrine up starts whole nodes");
            }

            var settings = dns.Read(parse, []);
            var options = agent.Apply(parse, new NodeAgentOptions
            {
                Kubeconfig = parse.GetRequiredValue(kubeconfig),
                NodeName = parse.GetRequiredValue(nodeName),
                NodeAddresses = [.. parse.GetRequiredValue(address).Split(',').Select(IPAddress.Parse)],
                LeaseDuration = TimeSpan.FromSeconds(parse.GetValue(lease)),
                RegisterWithTaints = parse.GetValue(taints)?.Split(',') ?? [],
                ServingCertificate = Pki.Load(parse.GetRequiredValue(certificate), parse.GetRequiredValue(key)),
                ClusterCa = X509CertificateLoader.LoadCertificateFromFile(parse.GetRequiredValue(ca)),
                DataDirectory = parse.GetRequiredValue(data),
                RunDirectory = parse.GetRequiredValue(run),
                CniBinDirectory = parse.GetRequiredValue(cni),
                ImageMirror = parse.GetValue(mirror),
                PullProxy = parse.GetValue(proxy),
                Runtime = parse.GetValue(runtime)!,
                ControlPlane = parse.GetValue(controlPlane),
                CgroupParent = parse.GetRequiredValue(cgroup),
                ClusterDns = DnsVerbOptions.Addresses(parse.GetValue(clusterDns)),
                ClusterDomain = settings.Domain,
            });
            return await NodeRun.RunAsync(options, settings, services.Read(parse), logs, ct);
        });
        return command;

        Option<string> Needed(string name, string description)
        {
            var option = new Option<string>(name) { Description = description };
            needed.Add(option);
            return option;
        }
    }
}
