using System.Collections.Immutable;
using System.CommandLine;
using System.Net;
using Vitrine.Clusters;
using Vitrine.Model.Plans.Services;

namespace Vitrine.Verbs;

/// <summary>What a node must be told about Services, since the API does not say it.</summary>
internal sealed class ServiceVerbOptions
{
    private readonly Option<string?> ranges = VerbOptions.OrEmpty("--service-cidr", "Ranges of Service addresses with commas between: what of them nobody has is refused instead of sent away.");
    private readonly Option<string?> external = VerbOptions.OrEmpty("--external-ips", "Ranges spec.externalIPs may be in, likewise (default: none, CVE-2020-8554).");

    public void AddTo(Command command)
    {
        command.Add(ranges);
        command.Add(external);
    }

    public ServiceRules Read(ParseResult parse) => new() { ServiceRanges = Parse(parse, ranges), ExternalIPs = Parse(parse, external) };

    /// <summary>A cluster's, for whoever explains what its nodes do.</summary>
    public static ServiceRules Of(ClusterSpec spec) => new()
    {
        ServiceRanges = [.. ClusterSpec.Parse(spec.ServiceCidrs)], ExternalIPs = spec.AllowExternalIPs ? [IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("::/0")] : [],
    };

    /// <summary>As <see cref="Read"/> reads them again.</summary>
    public static IEnumerable<string> Arguments(ClusterSpec spec) =>
        ["--service-cidr", string.Join(',', spec.ServiceCidrs), .. spec.AllowExternalIPs ? ["--external-ips", "0.0.0.0/0,::/0"] : Array.Empty<string>()];

    private static ImmutableArray<IPNetwork> Parse(ParseResult parse, Option<string?> option) =>
    [
        .. (parse.GetValue(option) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(r => IPNetwork.TryParse(r, out var range) ? range : throw new CommandFailure($"{option.Name} {r} is no range", "write it as 10.96.0.0/16")),
    ];
}
