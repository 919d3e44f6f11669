using System.Collections.Immutable;
using System.Text.Json;
using Vitrine.Model.Plans.Gateway.Matching;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Gateway.GatewayApi;

/// <summary>A route → rules, wherever it is attached.</summary>
internal sealed class RouteReading(GatewayObject route, Lookups lookups, Grants grants, BackendPolicies policies)
{
    public List<UpstreamWish> Upstreams { get; } = [];

    public List<GatewayProblem> Problems { get; } = [];

    /// <summary>The first reference that cannot be followed: reason and message of ResolvedRefs.</summary>
    public (string Reason, string Message)? Unresolved { get; private set; }

    /// <summary>The first value that is valid and cannot be done: reason and message of Accepted.</summary>
    public (string Reason, string Message)? Unsupported { get; private set; }

    /// <summary>BackendTLSPolicies that its backends have.</summary>
    public HashSet<GatewayObject> Policies { get; } = [];

    private bool IsTls => route.Kind == "TLSRoute";

    private bool IsGrpc => route.Kind == "GRPCRoute";

    public ImmutableArray<RankedRule> Read()
    {
        var rules = ImmutableArray.CreateBuilder<RankedRule>();
        foreach (var (i, rule) in route.Spec.Items("rules").Index())
        {
            var field = $"spec.rules[{i}]";
            var filters = Filters(rule, field);
            ImmutableArray<WeightedBackend> backends = [.. rule.Items("backendRefs").Index().Select(b => Backend(b.Item, $"{field}.backendRefs[{b.Index}]"))];
            // A filter that cannot be done must not be passed over: its requests get 500.
            if (filters is null)
                backends = [new WeightedBackend(null)];
            JsonElement[] matches = [.. rule.Items("matches")];
            for (var j = 0; j < Math.Max(1, matches.Length); j++)
            {
                var source = new RuleSource(route.Kind, route.Namespace, route.Name, matches.Length < 2 ? field : $"{field}.matches[{j}]");
                var match = RouteMatchRead.Of(matches.ElementAtOrDefault(j), IsGrpc);
                Check(match, source);
                rules.Add(new RankedRule(
                    new RouteRule(source, match)
                    {
                        Filters = [.. filters ?? []], Backends = backends, Unavailable = backends.IsEmpty ? 500 : 503,
                        Timeouts = new RouteTimeouts(GatewayDuration.Read(rule.Part("timeouts").Text("request")), GatewayDuration.Read(rule.Part("timeouts").Text("backendRequest"))),
                        Retry = rule.Has("retry") ? Retry(rule.Part("retry")) : null,
                    },
                    (route.Created, route.Key), (i * 1000) + j,
                    IsGrpc ? (matches.ElementAtOrDefault(j).Part("method").Text("service").Length, matches.ElementAtOrDefault(j).Part("method").Text("method").Length) : null));
            }
        }
        return rules.DrainToImmutable();
    }

    private static RouteRetry Retry(JsonElement retry) =>
        new((int)(retry.Number("attempts") ?? 1), [.. retry.Items("codes").Select(c => c.GetInt32())], GatewayDuration.Read(retry.Text("backoff")) ?? TimeSpan.FromMilliseconds(25));

    private void Check(RequestMatch match, RuleSource source)
    {
        string[] expressions = [.. match.Path.Kind == PathKind.Regex ? [match.Path.Value] : Array.Empty<string>(), .. match.Headers.Concat(match.Query).Where(v => v.Regex).Select(v => v.Value)];
        foreach (var expression in expressions.Where(e => !Expressions.TryParse(e, out _)))
        {
            var message = $"{source.Field}: {expression} is no regular expression that can be matched in linear time (no lookarounds, no back references); it matches nothing";
            Unsupported ??= ("UnsupportedValue", message);
            Problems.Add(new GatewayProblem(source, "UnsupportedValue", message));
        }
    }

    /// <summary>Null where one of them cannot be done.</summary>
    private List<RouteFilter>? Filters(JsonElement parent, string field)
    {
        var filters = new List<RouteFilter>();
        var whole = true;
        foreach (var (i, filter) in parent.Items("filters").Index())
        {
            if (RouteFilterRead.Of(filter) is { } read)
                filters.Add(read);
            else if (filter.Text("type") == "RequestMirror")
            {
                var mirror = filter.Part("requestMirror");
                // Without its copy a request is still served.
                if (Backend(mirror.Part("backendRef"), $"{field}.filters[{i}].requestMirror.backendRef").Upstream is { } upstream)
                    filters.Add(new MirrorFilter(upstream, (int)(mirror.Part("fraction").Number("numerator") ?? mirror.Number("percent") ?? 1), (int)(mirror.Part("fraction").Number("denominator") ?? (mirror.Has("percent") ? 100 : 1))));
            }
            else
            {
                whole = false;
                Unsupported ??= ("UnsupportedValue", $"{field}.filters[{i}]: filter {filter.Text("type")} {filter.Part("extensionRef").Text("kind")} is not served; requests get 500");
                Problems.Add(new GatewayProblem(new RuleSource(route.Kind, route.Namespace, route.Name, $"{field}.filters[{i}]"), Unsupported.Value.Reason, Unsupported.Value.Message));
            }
        }
        return whole ? filters : null;
    }

    private WeightedBackend Backend(JsonElement reference, string field)
    {
        var weight = (int)(reference.Number("weight") ?? 1);
        var filters = Filters(reference, field);
        return filters is not null && Wish(reference, field) is { } wish ? new WeightedBackend(wish.Key, weight) { Filters = [.. filters] } : new WeightedBackend(null, weight);
    }

    private UpstreamWish? Wish(JsonElement reference, string field)
    {
        var ns = reference.Text("namespace") is { Length: > 0 } other ? other : route.Namespace;
        var (name, port) = (reference.Text("name"), (int)(reference.Number("port") ?? 0));
        if (reference.Text("group").Length > 0 || reference.Text("kind") is not ("" or "Service"))
            return Broken(field, "InvalidKind", $"{reference.Text("kind")} is no Service");
        if (!grants.Allow(route.Kind, route.Namespace, "Service", ns, name))
            return Broken(field, "RefNotPermitted", $"service/{ns}/{name} is in another namespace, and no ReferenceGrant there lets {route.Kind}s of {route.Namespace} refer to it");
        if (lookups.Service($"{ns}/{name}") is not { } service)
            return Broken(field, "BackendNotFound", $"service/{ns}/{name} does not exist");
        if (service.Type == ServiceType.ExternalName)
            return Broken(field, "BackendNotFound", $"service/{ns}/{name} is of type ExternalName: it has no endpoints to send to");
        if (service.Ports.FirstOrDefault(p => p.Port == port && p.Protocol == "TCP") is not { } found)
            return Broken(field, "BackendNotFound", $"service/{ns}/{name} has no TCP port {port}, only {string.Join(", ", service.Ports.Select(p => $"{p.Port}"))}");
        if (!IsTls && policies.For(ns, name, found.Name) is { } policy)
            return Within(policy, $"{ns}/{name}", port, field);
        if (!IsTls && found.AppProtocol is "kubernetes.io/wss" or "https")
            return Broken(field, "UnsupportedProtocol", $"service/{ns}/{name} port {port} speaks {found.AppProtocol}; without a BackendTLSPolicy only what is not encrypted is sent to backends");
        var wish = new UpstreamWish($"{ns}/{name}", port, IsTls ? UpstreamProtocol.Tcp : IsGrpc || found.AppProtocol == "kubernetes.io/h2c" ? UpstreamProtocol.H2c : UpstreamProtocol.Http);
        Upstreams.Add(wish);
        return wish;
    }

    /// <summary>Within TLS, as a policy says. What cannot be checked as it says is not sent at all.</summary>
    private UpstreamWish? Within(GatewayObject policy, string service, int port, string field)
    {
        Policies.Add(policy);
        var (tls, fault) = BackendPolicies.Read(policy, lookups);
        if (tls is null)
        {
            Problems.Add(new GatewayProblem(new RuleSource(route.Kind, route.Namespace, route.Name, field), "Invalid", $"BackendTLSPolicy {policy.Key} of service/{service}: {fault!.Value.Message}; its share of requests gets 500"));
            return null;
        }
        var wish = new UpstreamWish(service, port, UpstreamProtocol.Https, tls);
        Upstreams.Add(wish);
        return wish;
    }

    private UpstreamWish? Broken(string field, string reason, string message)
    {
        Unresolved ??= (reason, $"{field}: {message}");
        Problems.Add(new GatewayProblem(new RuleSource(route.Kind, route.Namespace, route.Name, field), reason, $"{message}; its share of requests gets 500"));
        return null;
    }
}
