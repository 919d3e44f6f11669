using System.CommandLine;
using System.Net;
using Vitrine.Clusters;
using Vitrine.Dns;

namespace Vitrine.Verbs;

/// <summary>The options of the cluster's DNS, the same for `up` and for a node.</summary>
internal sealed class DnsVerbOptions
{
    /// <summary>The same as no --dns-upstream at all, where one has to be written.</summary>
    private const string OfNode = "node";

    private const string Nobody = "none";

    private readonly Option<string> domain = new("--cluster-domain") { Description = "Domain of Services and pods.", DefaultValueFactory = _ => DnsOptions.DefaultDomain };

    private readonly Option<string?> upstream = new("--dns-upstream")
    {
        Description = "Servers for names outside the cluster, ADDRESS[#PORT] with commas between; none; or node for this machine's (default with --egress nat: this machine's; otherwise none).",
    };

    private readonly Option<string[]> stub = new("--dns-stub") { Description = "DOMAIN=SERVER[,…]: these servers alone are asked for the domain." };
    private readonly Option<string[]> host = new("--dns-host") { Description = "NAME=ADDRESS[,…]: answered as from a hosts file." };
    private readonly Option<string> autopath = new("--dns-autopath") { Description = "Follow a pod's search list for it where the end is known: on or off.", DefaultValueFactory = _ => "on" };

    public DnsVerbOptions() => autopath.AcceptOnlyFromAmong("on", "off");

    public IEnumerable<Option> All => [domain, upstream, stub, host, autopath];

    public void AddTo(Command command)
    {
        foreach (var option in All)
        {
            command.Options.Add(option);
        }
    }

    /// <param name="parse">The command line.</param>
    /// <param name="otherwise">Upstreams where none are given.</param>
    public DnsSettings Read(ParseResult parse, IReadOnlyList<string> otherwise) => new DnsSettings
    {
        Domain = parse.GetValue(domain)!.TrimEnd('.').ToLowerInvariant(),
        Upstreams = parse.GetValue(upstream) switch { null or OfNode => otherwise, Nobody => [], var given => given.Split(',', StringSplitOptions.RemoveEmptyEntries) },
        Stubs = parse.GetValue(stub) ?? [],
        Hosts = parse.GetValue(host) ?? [],
        FollowsSearches = parse.GetValue(autopath) == "on",
    }.Require();

    /// <summary>--cluster-dns: the addresses pods are told, and this node answers on.</summary>
    public static Option<string?> ClusterDns() => VerbOptions.OrEmpty("--cluster-dns", "The cluster's DNS addresses, one of each family with a comma; none: pods use the node's resolver.");

    public static IReadOnlyList<IPAddress> Addresses(string? text) => [.. (text?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [])
        .Select(a => IPAddress.TryParse(a, out var address) ? address : throw new CommandFailure($"--cluster-dns {a} is no address", "write addresses with a comma between"))];
}
