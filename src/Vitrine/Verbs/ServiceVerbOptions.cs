using System.CommandLine;
using System.Net;
using Vitrine.Clusters;
using Vitrine.Model.Plans.Services;

namespace Vitrine.Verbs;

/// <summary>What a node's data path has to know of the cluster's Services, the same for a node of this machine and for one that joins.</summary>
internal sealed class ServiceVerbOptions
{
    private readonly Option<string?> ranges = new("--service-cidr") { Description = "Ranges of Service addresses, with a comma between: what of them no Service has is refused." };
    private readonly Option<bool> externalIPs = new("--allow-external-ips") { Description = "Serve spec.externalIPs, whatever addresses they are." };

    public void AddTo(Command command)
    {
        command.Options.Add(ranges);
        command.Options.Add(externalIPs);
    }

    public ServiceRules Read(ParseResult parse) => Of(
        [.. (parse.GetValue(ranges)?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [])
            .Select(r => IPNetwork.TryParse(r, out var range) ? range : throw new CommandFailure($"--service-cidr {r} is no range", "write it as in --service-cidr 10.96.0.0/16, with commas between"))],
        parse.GetValue(externalIPs));

    /// <summary>A cluster's, for its own nodes and for whoever explains what they do.</summary>
    public static ServiceRules Of(ClusterSpec spec) => Of(ClusterSpec.Parse(spec.ServiceCidrs), spec.AllowExternalIPs);

    /// <summary>As they go to a node's agent.</summary>
    public static IEnumerable<string> Arguments(ClusterSpec spec) => ["--service-cidr", string.Join(',', spec.ServiceCidrs), .. spec.AllowExternalIPs ? ["--allow-external-ips"] : Array.Empty<string>()];

    private static ServiceRules Of(IEnumerable<IPNetwork> ranges, bool externalIPs) => new()
    {
        ServiceRanges = [.. ranges], ExternalIPs = externalIPs ? [IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("::/0")] : [],
    };
}
