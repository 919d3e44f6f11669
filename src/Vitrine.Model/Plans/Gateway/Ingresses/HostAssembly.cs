using System.Collections.Immutable;
using Vitrine.Model.Plans.Gateway.Matching;

namespace Vitrine.Model.Plans.Gateway.Ingresses;

/// <summary>
/// Ingresses → the rules of each host by precedence: exact paths, then the longer before the shorter, then the older Ingress; last the default backend,
/// the host's own or everybody's (https://kubernetes.io/docs/concepts/services-networking/ingress/).
/// </summary>
/// <param name="parts">oldest first</param>
/// <param name="known">what canaries made of paths the last time</param>
internal sealed class HostAssembly(IReadOnlyList<IngressPart> parts, Dictionary<(PathEntry, PathEntry, bool), ImmutableArray<RouteRule>> known)
{
    public Dictionary<(PathEntry, PathEntry, bool), ImmutableArray<RouteRule>> Canaries { get; } = [];

    public List<GatewayProblem> Problems { get; } = [];

    public ImmutableArray<VirtualHost> Hosts()
    {
        var secured = new NameTable<string>();
        foreach (var name in parts.SelectMany(p => p.Certificates).SelectMany(c => c.Hosts))
            secured.Add(name, true, name);
        var byHost = parts.SelectMany(p => p.Hosts.Select(h => (Host: h, Part: p))).ToLookup(p => p.Host, p => p.Part, StringComparer.Ordinal);
        var entries = parts.SelectMany(p => p.Entries).ToLookup(e => e.Host, StringComparer.Ordinal);
        // An Ingress without rules is everybody's default; without one, the oldest that has a default.
        var fallback = (parts.FirstOrDefault(p => p.Default is not null && p.Hosts.Count == 0) ?? parts.FirstOrDefault(p => p.Default is not null))?.Default;
        var names = byHost.Select(g => g.Key).ToHashSet(StringComparer.Ordinal);
        if (fallback is not null)
            names.Add("*");
        return [.. names.Order(StringComparer.Ordinal).Select(name => new VirtualHost(name, true, Rules(
            name, entries[name], (name == "*" ? null : byHost[name].FirstOrDefault(p => p.Default is not null)?.Default) ?? fallback, secured.Find(name.StartsWith('*') ? "a" + name[1..] : name) is not null)))];
    }

    private ImmutableArray<RouteRule> Rules(string host, IEnumerable<PathEntry> entries, PathEntry? last, bool secure)
    {
        var rules = ImmutableArray.CreateBuilder<RouteRule>();
        var all = entries.ToArray();
        var canaries = all.Where(e => e.Part.Settings.Canary is not null).ToArray();
        var taken = new Dictionary<PathMatch, PathEntry>();
        // Stable: entries come by age.
        foreach (var entry in all.Where(e => e.Part.Settings.Canary is null).OrderBy(e => e.Rank).ThenByDescending(e => e.Length))
        {
            if (!entry.First && !taken.TryAdd(entry.Rule.Match.Path, entry))
                Problems.Add(new GatewayProblem(entry.Rule.Source, "Conflicted", $"host {host}: path {entry.Rule.Match.Path.Value} is taken already, by {taken[entry.Rule.Match.Path].Rule.Source}; no request gets here"));
            if (!entry.First && canaries.FirstOrDefault(c => c.Rule.Match.Path == entry.Rule.Match.Path) is { } canary)
                rules.AddRange(With(entry, canary, secure));
            else
                rules.Add(entry.For(secure));
        }
        foreach (var canary in canaries.Where(c => !taken.ContainsKey(c.Rule.Match.Path)))
            Problems.Add(new GatewayProblem(canary.Rule.Source, "NoMatchingParent", $"host {host}: no other Ingress has path {canary.Rule.Match.Path.Value}, of which this could be the canary; no request gets here"));
        if (last is not null)
            rules.Add(last.For(secure));
        return rules.DrainToImmutable();
    }

    private ImmutableArray<RouteRule> With(PathEntry main, PathEntry canary, bool secure) => Canaries[(main, canary, secure)] =
        known.TryGetValue((main, canary, secure), out var rules) ? rules : CanaryRules.Of(main.For(secure), canary.Rule, canary.Part.Settings.Canary!);
}
