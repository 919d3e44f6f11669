using System.Collections.Immutable;
using System.Net;
using Vitrine.Model.Explain.Services;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Model.Plans.Gateway.Matching;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Explain.Gateway;

/// <summary>Every way a request may end at the gateway without a pod's answer: the object, the field, the smallest change.</summary>
internal sealed class RequestFaults(ClusterSnapshot snapshot, GatewayPlan plan, PlannedListener listener, AskedRequest request)
{
    /// <summary>The handshake ends: a Secret is absent or unusable, or nobody asked for TLS for this name.</summary>
    internal RequestExplanation NoCertificate()
    {
        var told = new RequestExplanation(request, listener, RequestVerdict.NoCertificate) { Why = $"the gateway has no certificate for {request.Host}, so the TLS handshake fails" };
        if (Idle() is { } idle)
            return Unserved(told, idle);
        if (plan.Problems.FirstOrDefault(p => p.Reason is "InvalidCertificateRef" or "RefNotPermitted" && Concerns(p.Source)) is { } problem)
            return Blame(told, problem);
        var wanted = snapshot.Ingresses.Values.OrderBy(i => i.Key, StringComparer.Ordinal).FirstOrDefault(i => i.Rules.Any(r => Names(r.Host)) && i.Tls.IsEmpty);
        return wanted is null
            ? told with { Fix = $"ask for a name that has a certificate{(Shown() is { Length: > 0 } names ? $": {names}" : "")}, or by http" }
            : told with
            {
                Culprit = $"ingress/{wanted.Key}", Why = $"{told.Why}; ingress/{wanted.Key} has a rule for it and no spec.tls", Fix = $"name a Secret in spec.tls of ingress/{wanted.Key}",
                Command = $"kubectl patch ingress {wanted.Name} -n {wanted.Namespace} --type=merge -p '{{\"spec\":{{\"tls\":[{{\"hosts\":[\"{request.Host}\"],\"secretName\":\"NAME\"}}]}}}}'",
            };
    }

    /// <summary>404: the class is none of ours, the host or the path another, or the whole object was refused.</summary>
    internal RequestExplanation NoRule(ImmutableArray<RuleVerdict> lost)
    {
        var told = new RequestExplanation(request, listener, RequestVerdict.NoRule) { Statuses = [404], Why = $"no rule takes {request.Host}{request.Path.Decoded}" };
        if (Idle() is { } idle)
            return Unserved(told, idle);
        var near = lost.Where(v => v.Outcome is not (RuleOutcome.Host or RuleOutcome.LessSpecificHost)).ToArray();
        // A rule for every host says little of what was meant by this one.
        if (near.Length > 0 && near[0].Host.Host != "*")
            return NearMiss(told, near);
        if (plan.Problems.FirstOrDefault(p => Concerns(p.Source)) is { } problem)
            return Blame(told, problem);
        var hosts = listener.Hosts.Where(h => h.Host != "*").Select(h => h.Host).ToArray();
        if (Nearest.To(request.Host, hosts) is { } meant && listener.Hosts.First(h => h.Host == meant).Rules is [var one, ..])
            return told with
            {
                Culprit = Object(one.Source), Why = $"{told.Why}: no rule is for this host; {Object(one.Source)} has {meant}", Fix = $"ask for {meant}, or write {request.Host} in {HostField(one.Source)} of {Object(one.Source)}",
                Command = HostPatch(one.Source),
            };
        if (near.Length > 0)
            return NearMiss(told, near);
        return told with { Why = $"{told.Why}: no rule is for this host", Fix = hosts.Length == 0 ? "write an Ingress or an HTTPRoute for it" : $"the hosts with rules are {string.Join(", ", hosts.Take(5))}{(hosts.Length > 5 ? " …" : "")}" };
    }

    /// <summary>A filter turns this client away, as somebody wants it to.</summary>
    internal static RequestExplanation KeptOut(RequestExplanation told, RouteFilter filter, int status, IPAddress? client) => told with
    {
        Verdict = RequestVerdict.KeptOut, Statuses = [status], Culprit = Object(told.Rule!.Source),
        Why = filter is BasicAuthFilter ? $"{Object(told.Rule.Source)} asks for a user and a password" : $"{Object(told.Rule.Source)} does not let {client} in: {RouteFilterText.Write(filter)}",
        Fix = filter is BasicAuthFilter ? "send them: -H 'Authorization: Basic …'" : $"add {client} to the list of {Object(told.Rule.Source)}",
    };

    /// <summary>What its backends do with it. Where several share it, a share that fails is told: that is what somebody asks about.</summary>
    internal RequestExplanation Backends(RequestExplanation told)
    {
        var rule = told.Rule!;
        var sharing = rule.Backends.Where(b => b.Weight > 0).ToArray();
        var broken = sharing.Where(b => b.Upstream is null).ToArray();
        var empty = told.Upstreams.Where(u => u.Endpoints.IsEmpty && sharing.Any(b => b.Upstream == u.Key)).ToArray();
        var statuses = new SortedSet<int>();
        if (sharing.Length == 0)
            statuses.Add(IsIngress(rule.Source) ? rule.Unavailable : 500);
        foreach (var backend in sharing)
            statuses.Add(backend.Upstream is not { } key ? IsIngress(rule.Source) ? rule.Unavailable : 500 : plan.Upstreams[key].Endpoints.IsEmpty ? rule.Unavailable : 0);
        told = told with { Statuses = [.. statuses] };
        if (broken.Length > 0 || sharing.Length == 0)
        {
            var blamed = plan.Problems.FirstOrDefault(p => p.Source.Owner == rule.Source.Owner && p.Source.Field.StartsWith(rule.Source.Field, StringComparison.Ordinal))
                ?? plan.Problems.FirstOrDefault(p => p.Source.Owner == rule.Source.Owner);
            told = told with { Verdict = RequestVerdict.BrokenReference, Why = $"{Object(rule.Source)} leads nowhere" };
            return blamed is null ? told with { Culprit = Object(rule.Source), Fix = $"name a Service in {rule.Source.Field}" } : Blame(told, blamed);
        }
        return empty is [var none, ..]
            ? told with { Verdict = RequestVerdict.NoEndpoint, Why = $"service/{none.Service} has no endpoint that takes requests", Culprit = $"service/{none.Service}", Fix = $"look why: vitrine explain host svc/{none.Service}:{none.Port}" }
            : told;
    }

    private RequestExplanation Unserved(RequestExplanation told, Ingress ingress)
    {
        var ours = snapshot.IngressClasses.Values.Where(c => c.Controller == GatewayCompiler.IngressController).Select(c => c.Name).Order(StringComparer.Ordinal).FirstOrDefault();
        var patch = ours is null ? null : $"kubectl patch ingress {ingress.Name} -n {ingress.Namespace} --type=merge -p '{{\"spec\":{{\"ingressClassName\":\"{ours}\"}}}}'";
        return told with
        {
            Culprit = $"ingress/{ingress.Key}", Fix = ours is null ? "make an IngressClass whose spec.controller is vitrine.dev/ingress" : $"set spec.ingressClassName of ingress/{ingress.Key} to {ours}", Command = patch,
            Why = ingress.ClassName.Length == 0 ? $"ingress/{ingress.Key} has a rule for {request.Host}, but no class, and no class is the default: no controller serves it"
                : snapshot.IngressClasses.TryGetValue(ingress.ClassName, out var other) ? $"ingress/{ingress.Key} has a rule for {request.Host}, but its class {other.Name} is for controller {other.Controller}"
                : $"ingress/{ingress.Key} has a rule for {request.Host}, but there is no IngressClass {ingress.ClassName}",
        };
    }

    /// <summary>The host has rules, and this request is not quite what one of them wants.</summary>
    private RequestExplanation NearMiss(RequestExplanation told, RuleVerdict[] near)
    {
        var exact = near.FirstOrDefault(v => v.Outcome == RuleOutcome.Path && v.Rule.Match.Path is { Kind: PathKind.Exact } path
            && (request.Path.Decoded == $"{path.Value.TrimEnd('/')}/" || request.Path.Decoded.StartsWith($"{path.Value.TrimEnd('/')}/", StringComparison.Ordinal)));
        if (exact is not null)
            return told with
            {
                Culprit = Object(exact.Rule.Source), Why = $"{told.Why}: {exact.Detail}", Fix = $"write pathType: Prefix in {exact.Rule.Source.Field} of {Object(exact.Rule.Source)}",
                Command = exact.Rule.Source is { Kind: "Ingress", Field: { Length: > 0 } field }
                    ? $"kubectl patch ingress {exact.Rule.Source.Name} -n {exact.Rule.Source.Namespace} --type=json -p '[{{\"op\":\"replace\",\"path\":\"/{Pointer(field)}/pathType\",\"value\":\"Prefix\"}}]'" : null,
            };
        var closest = near.OrderBy(v => v.Outcome switch { RuleOutcome.Method or RuleOutcome.Header or RuleOutcome.Query or RuleOutcome.Cookie => 0, _ => 1 })
            .ThenBy(v => Nearest.Distance(v.Rule.Match.Path.Value, request.Path.Decoded)).First();
        return told with
        {
            Culprit = Object(closest.Rule.Source), Why = $"{told.Why}: {closest.Detail}",
            Fix = closest.Outcome == RuleOutcome.Path ? $"ask for {(closest.Rule.Match.Path.Kind == PathKind.Regex ? $"what {closest.Rule.Source.Field} matches" : closest.Rule.Match.Path.Value)}, or add a rule for {request.Path.Decoded} to {Object(closest.Rule.Source)}" : $"send what {closest.Rule.Source.Field} of {Object(closest.Rule.Source)} wants, or add a rule without it",
        };
    }

    private static RequestExplanation Blame(RequestExplanation told, GatewayProblem problem) => told with
    {
        Culprit = problem.Object, Why = $"{told.Why}: {problem.Message}{(problem.Source.Field.Length == 0 ? "" : $" ({problem.Source.Field})")}",
        Fix = problem.Remedy,
        Command = problem.Reason == "RefNotPermitted" ? null : $"kubectl edit {problem.Source.Kind.ToLowerInvariant()} {problem.Source.Name} -n {problem.Source.Namespace}",
    };

    /// <summary>An Ingress that names this host and is nobody's.</summary>
    private Ingress? Idle() => snapshot.Ingresses.Values.OrderBy(i => i.Key, StringComparer.Ordinal).FirstOrDefault(i => i.Rules.Any(r => Names(r.Host)) && !GatewayCompiler.Serves(snapshot, i));

    /// <summary>An object that has to do with the host asked for.</summary>
    private bool Concerns(RuleSource source) => source.Kind == "Ingress"
        ? snapshot.Ingresses.TryGetValue($"{source.Namespace}/{source.Name}", out var ingress) && (ingress.Rules.IsEmpty || ingress.Rules.Any(r => Fits(r.Host)) || ingress.Tls.Any(t => t.Hosts.Any(Fits)))
        : snapshot.HttpRoutes.TryGetValue($"{source.Namespace}/{source.Name}", out var route)
            ? !route.Spec.TryGetProperty("hostnames", out var names) || names.EnumerateArray().Any(n => Names(n.GetString() ?? "", ofOneLabel: false))
            : listener.Name.Contains($"{source.Namespace}/{source.Name}", StringComparison.Ordinal);

    private bool Fits(string host) => host.Length == 0 || Names(host);

    private bool Names(string host, bool ofOneLabel = true) => host != "*" && NameTable<VirtualHost>.Fits(host, ofOneLabel, request.Host);

    private string Shown() => string.Join(", ", listener.Certificates.SelectMany(c => c.Hosts).Distinct().Take(5));

    private string HostField(RuleSource source) => source.Kind == "Ingress" ? $"{RuleOf(source.Field)}.host" : "spec.hostnames";

    private string? HostPatch(RuleSource source) => source.Kind == "Ingress" && RuleOf(source.Field) is { Length: > 0 } rule
        ? $"kubectl patch ingress {source.Name} -n {source.Namespace} --type=json -p '[{{\"op\":\"replace\",\"path\":\"/{Pointer(rule)}/host\",\"value\":\"{request.Host}\"}}]'" : null;

    /// <summary>spec.rules[0] of spec.rules[0].http.paths[1].</summary>
    private static string RuleOf(string field) => field.IndexOf(']') is > 0 and var end ? field[..(end + 1)] : field;

    /// <summary>spec.rules[0].http → spec/rules/0/http (RFC 6901).</summary>
    private static string Pointer(string field) => field.Replace("[", "/", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Replace('.', '/');

    private static bool IsIngress(RuleSource source) => source.Kind == "Ingress";

    /// <summary>As kubectl names it.</summary>
    private static string Object(RuleSource source) => $"{source.Kind.ToLowerInvariant()}/{source.Namespace}/{source.Name}";
}
