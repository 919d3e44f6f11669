using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Gateway.Ingresses;

/// <summary>The rules of one host by precedence: exact paths, then the longer before the shorter, then the older Ingress.</summary>
internal static class HostRules
{
    /// <param name="host">for messages</param>
    /// <param name="entries">by age</param>
    /// <param name="last">what takes the rest, or null</param>
    /// <param name="secure">the host has a certificate</param>
    /// <param name="problems">gets those whom no request reaches</param>
    public static ImmutableArray<RouteRule> Of(string host, IEnumerable<PathEntry> entries, PathEntry? last, bool secure, List<GatewayProblem> problems)
    {
        var rules = ImmutableArray.CreateBuilder<RouteRule>();
        var all = entries.ToLookup(e => e.Part.Settings.Canary is not null);
        var canaries = all[true].GroupBy(c => c.Rule.Match.Path).ToDictionary(g => g.Key, g => g.First());
        var taken = new Dictionary<PathMatch, PathEntry>();
        // Stable: entries come by age.
        foreach (var entry in all[false].OrderBy(e => e.Rank).ThenByDescending(e => e.Length))
        {
            if (!entry.First && !taken.TryAdd(entry.Rule.Match.Path, entry))
                problems.Add(new GatewayProblem(entry.Rule.Source, "Conflicted", $"host {host}: path {entry.Rule.Match.Path.Value} is taken already, by {taken[entry.Rule.Match.Path].Rule.Source}; no request gets here"));
            if (!entry.First && canaries.TryGetValue(entry.Rule.Match.Path, out var canary))
                rules.AddRange(CanaryRules.Of(entry.For(secure), canary.Rule, canary.Part.Settings.Canary!));
            else
                rules.Add(entry.For(secure));
        }
        foreach (var canary in canaries.Values.Where(c => !taken.ContainsKey(c.Rule.Match.Path)))
            problems.Add(new GatewayProblem(canary.Rule.Source, "NoMatchingParent", $"host {host}: no other Ingress has path {canary.Rule.Match.Path.Value}, of which this could be the canary; no request gets here"));
        if (last is not null)
            rules.Add(last.For(secure));
        return rules.DrainToImmutable();
    }
}
