using System.Collections.Immutable;
using System.Net;

namespace Vitrine.Model.Explain.Services;

/// <summary>What a resolv.conf says (resolv.conf(5)).</summary>
public sealed record ResolverSettings
{
    public ImmutableArray<string> Search { get; init; } = [];

    public ImmutableArray<string> Servers { get; init; } = [];

    /// <summary>A name with fewer dots is looked for in the search list first.</summary>
    public int Ndots { get; init; } = 1;

    /// <summary>Read from the namespace, not planned.</summary>
    public bool Observed { get; init; }

    /// <summary>What Kubernetes gives a pod whose dnsPolicy is ClusterFirst.</summary>
    public static ResolverSettings ClusterFirst(string ns, string zone, IEnumerable<IPAddress> servers) => new()
    {
        Search = [$"{ns}.svc.{zone}", $"svc.{zone}", zone], Servers = [.. servers.Select(s => s.ToString())], Ndots = 5,
    };

    public static ResolverSettings Parse(string text)
    {
        var settings = new ResolverSettings { Observed = true };
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            settings = words switch
            {
                ["nameserver", var server, ..] => settings with { Servers = settings.Servers.Add(server) },
                ["search" or "domain", .. var search] => settings with { Search = [.. search] },
                ["options", .. var options] => options.LastOrDefault(o => o.StartsWith("ndots:", StringComparison.Ordinal)) is { } ndots && int.TryParse(ndots["ndots:".Length..], out var dots)
                    ? settings with { Ndots = Math.Clamp(dots, 0, 15) } : settings,
                _ => settings,
            };
        }
        return settings;
    }
}
