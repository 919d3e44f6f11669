using System.Collections.Immutable;
using System.Text;

namespace Vitrine.Model.Plans.Gateway;

/// <summary>A plan for people and for golden tests, in a stable order: a rule a line with the object and field it comes from.</summary>
public static class GatewayPlanText
{
    public static string Write(GatewayPlan plan)
    {
        var text = new StringBuilder();
        ImmutableArray<VirtualHost> written = [];
        foreach (var listener in plan.Listeners)
        {
            text.Append($"listener {listener.Name} :{listener.Port} node:{listener.TargetPort} {listener.Protocol}\n");
            foreach (var certificate in listener.Certificates)
                text.Append($"  certificate {certificate}\n");
            foreach (var route in listener.Passthrough)
                text.Append($"  passthrough {route.Host}{Backends(route.Backends)} # {route.Source}\n");
            if (!written.IsEmpty && SameInstances.Of(written, listener.Hosts))
                text.Append("  hosts as above\n");
            else
                foreach (var host in listener.Hosts)
                    Write(text, host);
            written = listener.Hosts;
        }
        foreach (var upstream in plan.Upstreams.Values.OrderBy(u => u.Key, StringComparer.Ordinal))
        {
            text.Append($"upstream {upstream.Key} {upstream.Protocol}{(upstream.Tls is { } tls ? $" tls {tls.ServerName ?? "-"} {(tls.Authorities is null ? "system" : tls.Authorities.Length == 0 ? "unchecked" : "own authorities")}" : "")}{(upstream.MaxRequests > 0 ? $" at most {upstream.MaxRequests} each" : "")}{(upstream.HealthCheckPath is { } path ? $" asked for {path}" : "")} # service/{upstream.Service}\n");
            foreach (var endpoint in upstream.Endpoints)
                text.Append($"  {endpoint.Address}:{endpoint.Port}{(endpoint.Node is { } node ? $" on {node}" : "")}{(endpoint.Pod is { } pod ? $" # pod/{pod}" : "")}\n");
        }
        foreach (var problem in plan.Problems)
            text.Append($"problem {problem.Reason}: {problem.Message} # {problem.Source}\n");
        return text.ToString();
    }

    private static void Write(StringBuilder text, VirtualHost host)
    {
        text.Append($"  host {host.Host}\n");
        foreach (var rule in host.Rules)
        {
            text.Append($"    {Match(rule.Match)}{Backends(rule.Backends)} # {rule.Source}\n");
            foreach (var filter in rule.Filters)
                text.Append($"      {RouteFilterText.Write(filter)}\n");
            foreach (var (backend, filter) in rule.Backends.SelectMany(b => b.Filters.Select(f => (b, f))))
                text.Append($"      to {backend.Upstream ?? "nowhere"}: {RouteFilterText.Write(filter)}\n");
            if (rule.Timeouts != new RouteTimeouts())
                text.Append($"      timeouts request {Seconds(rule.Timeouts.Request)} backend {Seconds(rule.Timeouts.Backend)} connect {Seconds(rule.Timeouts.Connect)} idle {Seconds(rule.Timeouts.Idle)}\n");
            if (rule.Retry is { } retry)
                text.Append($"      retry {retry.Attempts} on {string.Join(' ', retry.Codes)} after {Seconds(retry.Backoff)}\n");
            if (rule.Affinity is { } affinity)
                text.Append($"      affinity {(affinity.Cookie is { } cookie ? $"cookie {cookie} path {affinity.Path}{(affinity.MaxAgeSeconds is { } age ? $" {age}s" : "")}" : $"header {affinity.Header}")}\n");
        }
    }

    private static string Match(RequestMatch match) => string.Join(' ', new[]
    {
        $"{match.Path.Kind} {match.Path.Value}", match.Method,
        string.Join(' ', match.Headers.Select(h => Value("header", h))), string.Join(' ', match.Query.Select(q => Value("query", q))), string.Join(' ', match.Cookies.Select(c => Value("cookie", c))),
    }.Where(t => !string.IsNullOrEmpty(t)));

    private static string Value(string what, ValueMatch value) => $"{what} {value.Name}{(value.Regex ? "~" : "=")}{value.Value}";

    private static string Backends(IReadOnlyCollection<WeightedBackend> backends) => backends.Count switch
    {
        0 => " -> nowhere",
        1 when backends.First() is { Upstream: { } only } => $" -> {only}",
        _ => $" -> {string.Join(", ", backends.Select(b => $"{b.Upstream ?? "nowhere"} weight {b.Weight}"))}",
    };

    private static string Seconds(TimeSpan? span) => span is { } there ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{there.TotalSeconds}s") : "-";
}
