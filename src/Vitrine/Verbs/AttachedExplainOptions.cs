using System.CommandLine;
using Vitrine.Attaching;
using Vitrine.Dns;
using Vitrine.Explaining;

namespace Vitrine.Verbs;

/// <summary>`explain` on a node of a cluster that others run: how to come to its API, and what its nodes were told.</summary>
internal sealed class AttachedExplainOptions
{
    private readonly Option<string?> kubeconfig = new("--kubeconfig") { Description = "A cluster that others run, asked from one of its nodes: its kubeconfig." };
    private readonly Option<string?> server = new("--server") { Description = "With --kubeconfig: URL of its API server." };
    private readonly Option<string?> node = new("--node-name") { Description = "Name of the node this runs on ($NODE_NAME in an agent's pod); alone, in a pod of the cluster, its service account is used." };
    private readonly Option<string> domain = new("--cluster-domain") { Description = "With them: the cluster's domain.", DefaultValueFactory = _ => DnsOptions.DefaultDomain };
    private readonly Option<string?> clusterDns = new("--cluster-dns") { Description = "With them: its DNS addresses (default: those of the Service kube-dns)." };
    private readonly ServiceVerbOptions services = new();

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[kubeconfig, server, node, domain, clusterDns])
            command.Options.Add(option);
        services.AddTo(command);
    }

    public bool Given(ParseResult parse) => parse.GetValue(kubeconfig) is not null || Node(parse) is not null;

    public async Task<IFacts> ListAsync(ParseResult parse, CancellationToken ct) => await AttachedFacts.ListAsync(
        ApiAccess.Read(parse.GetValue(kubeconfig), parse.GetValue(server)), Node(parse) ?? Environment.MachineName.ToLowerInvariant(), parse.GetValue(domain)!,
        DnsVerbOptions.Addresses(parse.GetValue(clusterDns)), services.Read(parse), ct);

    private string? Node(ParseResult parse) => parse.GetValue(node) ?? AttachedVerbOptions.NodeOfPod;
}
