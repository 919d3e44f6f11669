using System.Collections.Immutable;
using System.Net;
using Vitrine.Model.Explain.Services;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Model.Plans.Gateway.Matching;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Explain.Gateway;

/// <summary>
/// Predicts a request's fate from the plan the proxy serves:
/// <code>
/// 1 certificate ─ 2 the rule that takes it, and those that do not ─ 3 filters, the first that answers ends it ─ 4 backends, and their endpoints
/// </code>
/// </summary>
public static class RequestWalk
{
    /// <summary>Pure.</summary>
    /// <param name="snapshot">the cluster, for what is not in the plan</param>
    /// <param name="index">of the plan that is served</param>
    /// <param name="listener">name of the one it arrives at</param>
    /// <param name="request">what is asked</param>
    /// <param name="client">as the gateway sees it; null where that is not known</param>
    public static RequestExplanation Explain(ClusterSnapshot snapshot, GatewayIndex index, string listener, AskedRequest request, IPAddress? client)
    {
        var at = index.Find(listener) ?? throw new ArgumentException($"the plan has no listener {listener}", nameof(listener));
        var faults = new RequestFaults(snapshot, index.Plan, at.Listener, request);
        // 1
        var certificate = at.Listener.Protocol == ListenerProtocol.Https ? at.Certificate(IPAddress.TryParse(request.Host, out _) ? "" : request.Host) : null;
        if (at.Listener.Protocol == ListenerProtocol.Https && certificate is null)
            return faults.NoCertificate();
        // 2
        var verdicts = at.Explain(request.Shape);
        var chosen = verdicts.FirstOrDefault(v => v.Outcome == RuleOutcome.Chosen);
        ImmutableArray<RuleVerdict> lost = [.. verdicts.Where(v => v != chosen).OrderBy(v => v.Outcome is RuleOutcome.Host ? 2 : v.Outcome is RuleOutcome.LessSpecificHost ? 1 : 0)];
        if (chosen is null)
            return faults.NoRule(lost) with { Certificate = certificate, Lost = lost };
        var rule = chosen.Rule;
        var told = new RequestExplanation(request, at.Listener, RequestVerdict.Forwarded)
        {
            Certificate = certificate, Rule = rule, Lost = lost, Filters = [.. rule.Filters.Select(RouteFilterText.Write)],
            Backends = rule.Backends, Upstreams = [.. rule.Backends.Select(b => b.Upstream).OfType<string>().Distinct().Select(k => index.Plan.Upstreams[k])],
        };
        // 3
        foreach (var filter in rule.Filters)
            if (Answer(filter, request, client) is { } answer)
                return answer.Status >= 400
                    ? RequestFaults.KeptOut(told, filter, answer.Status, client)
                    : told with { Verdict = RequestVerdict.Answered, Statuses = [answer.Status] };
        // 4
        return faults.Backends(told);
    }

    /// <summary>Listeners of a port, the one that knows a host best first: by its name, by a wildcard, by a name that is like it.</summary>
    public static IEnumerable<PlannedListener> Doors(GatewayPlan plan, string host, int port) => plan.Listeners.Where(l => l.Port == port && l.Protocol != ListenerProtocol.Passthrough).OrderBy(l => l.Hosts
        .Select(h => h.Host == host ? 0 : Knows(h, host) ? 1 : h.Host == "*" ? host.Length : 1 + Nearest.Distance(h.Host, host))
        .DefaultIfEmpty(int.MaxValue).Min());

    /// <summary>It is for this host by name or by a wildcard, not for all hosts.</summary>
    public static bool Knows(VirtualHost of, string host) => of.Host != "*" && NameTable<VirtualHost>.Fits(of.Host, of.OneLabel, host);

    /// <summary>The status a filter answers with; null where it lets the request pass, as far as can be said.</summary>
    private static (int Status, string What)? Answer(RouteFilter filter, AskedRequest request, IPAddress? client) => filter switch
    {
        AllowListFilter list when client is not null && list.Ranges.Any(r => IPNetwork.TryParse(r, out var range) && range.Contains(client)) == list.Deny => (403, "address"),
        BasicAuthFilter when request.Header("Authorization") is null => (401, "user"),
        RedirectFilter redirect when !redirect.OnlyPlain || !request.Secure => (redirect.Status, "redirect"),
        CorsFilter when request.Method == "OPTIONS" && request.Header("Origin") is not null && request.Header("Access-Control-Request-Method") is not null => (204, "preflight"),
        _ => null,
    };
}
