using System.Collections.Immutable;
using System.Net;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Vitrine.Dns;

namespace Vitrine.Clusters;

/// <summary>What a cluster's DNS was set up with, as texts of the command line; they are checked when they are given.</summary>
internal sealed partial record DnsSettings
{
    /// <summary>Of Services and pods.</summary>
    public string Domain { get; init; } = DnsOptions.DefaultDomain;

    /// <summary>Servers for all other names, ADDRESS or ADDRESS#PORT.</summary>
    public IReadOnlyList<string> Upstreams { get; init; } = [];

    /// <summary>DOMAIN=SERVER,SERVER each.</summary>
    public IReadOnlyList<string> Stubs { get; init; } = [];

    /// <summary>NAME=ADDRESS,ADDRESS each.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Pods' search lists are followed for them.</summary>
    public bool FollowsSearches { get; init; } = true;

    [JsonIgnore]
    public ImmutableArray<IPEndPoint> UpstreamServers => [.. Upstreams.Select(u => Server("--dns-upstream", u))];

    [JsonIgnore]
    public ImmutableDictionary<string, ImmutableArray<IPEndPoint>> StubServers =>
        Stubs.Select(s => Split("--dns-stub", s)).ToImmutableDictionary(s => s.Name, s => s.Values.Select(v => Server("--dns-stub", v)).ToImmutableArray());

    [JsonIgnore]
    public ImmutableDictionary<string, ImmutableArray<IPAddress>> HostAddresses =>
        Hosts.Select(h => Split("--dns-host", h)).ToImmutableDictionary(h => h.Name, h => h.Values.Select(v => Server("--dns-host", v).Address).ToImmutableArray());

    /// <summary>As they go to a node's agent.</summary>
    [JsonIgnore]
    public IEnumerable<string> Arguments =>
    [
        "--cluster-domain", Domain,
        .. Upstreams.Count > 0 ? ["--dns-upstream", string.Join(',', Upstreams)] : Array.Empty<string>(),
        .. Stubs.SelectMany(s => new[] { "--dns-stub", s }),
        .. Hosts.SelectMany(h => new[] { "--dns-host", h }),
        .. FollowsSearches ? [] : new[] { "--dns-autopath", "off" },
    ];

    /// <summary>Throws <see cref="CommandFailure"/> over the first thing that cannot be.</summary>
    public DnsSettings Require()
    {
        if (!NameGrammar().IsMatch(Domain) || Domain.Length > 200)
            throw new CommandFailure($"--cluster-domain {Domain} is no domain", "write it as cluster.local: lower-case letters, digits and dashes, with dots between");
        _ = (UpstreamServers, StubServers, HostAddresses);
        return this;
    }

    /// <summary>The servers of this machine's resolver that are not the machine itself: those on loopback a node cannot reach.</summary>
    public static IReadOnlyList<string> OfThisMachine()
    {
        // With systemd-resolved the first names 127.0.0.53 alone; the second the servers behind it.
        foreach (var file in new[] { "/etc/resolv.conf", "/run/systemd/resolve/resolv.conf" })
        {
            if (!File.Exists(file))
                continue;
            string[] servers = [.. File.ReadLines(file).Select(l => l.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)).Where(w => w is ["nameserver", _, ..])
                .Select(w => w[1]).Where(s => IPAddress.TryParse(s, out var address) && !IPAddress.IsLoopback(address))];
            if (servers.Length > 0)
                return servers;
        }
        return [];
    }

    private static IPEndPoint Server(string flag, string text)
    {
        var parts = text.Split('#');
        return IPAddress.TryParse(parts[0], out var address) && parts.Length <= 2 && ushort.TryParse(parts.ElementAtOrDefault(1) ?? $"{DnsOptions.Port}", out var port) && port > 0
            ? new IPEndPoint(address, port)
            : throw new CommandFailure($"{flag}: {text} is no address of a server", "write ADDRESS or ADDRESS#PORT, with commas between");
    }

    private static (string Name, string[] Values) Split(string flag, string text) => text.Split('=') is [var name, { Length: > 0 } values] && NameGrammar().IsMatch(name.ToLowerInvariant())
        ? (name.ToLowerInvariant(), values.Split(','))
        : throw new CommandFailure($"{flag} {text} is not of the form NAME=ADDRESS", "write example.internal=192.0.2.1, with commas between addresses");

    [GeneratedRegex(@"^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)*$")]
    private static partial Regex NameGrammar();
}
