using System.Collections.Immutable;
using Vitrine.Model.Plans.Gateway.Matching;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Gateway.Ingresses;

/// <summary>One Ingress → its part: rules with all that its annotations say, certificates, problems.</summary>
internal static class IngressReading
{
    private const string RegexSigns = "()[]{}|*+?^$\\";

    public static IngressPart Read(Ingress ingress, ClusterSnapshot snapshot)
    {
        var lookups = new Lookups(snapshot);
        var notes = new AnnotationNotes(ingress);
        var part = new IngressPart(ingress, AnnotationReader.Read(notes, lookups), lookups);
        part.Problems.AddRange(notes.Problems);
        foreach (var (i, rule) in ingress.Rules.Index())
        {
            var host = rule.Host.Length == 0 ? "*" : rule.Host.ToLowerInvariant();
            part.Hosts.Add(host);
            foreach (var (j, path) in rule.Paths.Index())
                part.Entries.Add(Entry(part, host, path, $"spec.rules[{i}].http.paths[{j}]"));
        }
        if (part.Settings is { AppRoot: { } root, Canary: null })
            foreach (var host in part.Hosts)
                part.Entries.Add(new PathEntry(part, host, new RouteRule(part.Source(AnnotationNotes.Field("app-root")), new RequestMatch { Path = new PathMatch(PathKind.Exact, "/") })
                {
                    Filters = [new RedirectFilter(302, Path: new PathModifier(PathModifierKind.Full, root))],
                }) { First = true });
        if (ingress.DefaultBackend is { } backend)
            part.Default = new PathEntry(part, "*", Rule(part, PathMatch.All, null, backend, "spec.defaultBackend"));
        foreach (var (i, tls) in ingress.Tls.Index())
            Certificate(part, tls, $"spec.tls[{i}]");
        return part;
    }

    private static PathEntry Entry(IngressPart part, string host, IngressPath path, string field)
    {
        var text = path.Path.Length == 0 ? "/" : path.Path;
        var (settings, isRegex) = (part.Settings, part.Settings.UseRegex || (part.Settings.RewriteTarget is not null && text.AsSpan().ContainsAny(RegexSigns)));
        var match = isRegex ? new PathMatch(PathKind.Regex, $"(?i:{text}).*") : new PathMatch(path.Type == "Exact" ? PathKind.Exact : PathKind.Prefix, text);
        if (isRegex && !Expressions.TryParse(match.Value, out _))
            part.Report($"{field}.path", "UnsupportedValue", $"path {text} is no regular expression that can be matched in linear time (no lookarounds, no back references); it matches nothing");
        var rewrite = settings.RewriteTarget switch
        {
            null => null,
            var target when isRegex => new PathModifier(PathModifierKind.Regex, target),
            var target => new PathModifier(PathModifierKind.Full, target),
        };
        return new PathEntry(part, host, Rule(part, match, rewrite, path.Backend, field)) { Length = text.Length };
    }

    private static RouteRule Rule(IngressPart part, PathMatch path, PathModifier? rewrite, IngressBackend backend, string field)
    {
        var settings = part.Settings;
        var filters = ImmutableArray.CreateBuilder<RouteFilter>();
        if (settings.ForceSslRedirect)
            filters.Add(new RedirectFilter(308, "https", OnlyPlain: true));
        if (settings.Cors is { } cors)
            filters.Add(cors);
        filters.AddRange(settings.Guards);
        if (settings.BodySize is { } size)
            filters.Add(size);
        if (rewrite is not null || settings.UpstreamHost is not null)
            filters.Add(new RewriteFilter(settings.UpstreamHost, rewrite));
        if (settings.ForwardedPrefix is { } prefix)
            filters.Add(new HeaderFilter(false) { Set = [new HeaderValue("X-Forwarded-Prefix", prefix)] });
        if (settings.Answers is { } answers)
            filters.Add(answers);
        return new RouteRule(part.Source(field), new RequestMatch { Path = path })
        {
            Filters = filters.DrainToImmutable(),
            Backends = settings.Closed || Wish(part, backend, $"{field}{(field == "spec.defaultBackend" ? "" : ".backend")}") is not { } wish ? [] : [new WeightedBackend(wish.Key)],
            Timeouts = settings.Timeouts,
            Affinity = settings.Affinity,
        };
    }

    private static UpstreamWish? Wish(IngressPart part, IngressBackend backend, string field)
    {
        if (backend.Resource.Length > 0)
        {
            part.Report($"{field}.resource", "UnsupportedBackend", $"{backend.Resource}: only Services can be backends; requests get 503");
            return null;
        }
        var key = $"{part.Ingress.Namespace}/{backend.Service}";
        var service = part.Lookups.Service(key);
        if (service is null)
        {
            part.Report($"{field}.service.name", "BackendNotFound", $"service/{key} does not exist; requests get 503");
            return null;
        }
        if (service.Type == ServiceType.ExternalName)
        {
            part.Report($"{field}.service.name", "UnsupportedBackend", $"service/{key} is of type ExternalName: it has no endpoints to send to; requests get 503");
            return null;
        }
        if (service.Ports.FirstOrDefault(p => p.Protocol == "TCP" && (backend.PortName.Length > 0 ? p.Name == backend.PortName : p.Port == backend.PortNumber)) is not { } port)
        {
            var there = string.Join(", ", service.Ports.Where(p => p.Protocol == "TCP").Select(p => p.Name.Length > 0 ? $"{p.Port} ({p.Name})" : $"{p.Port}"));
            part.Report($"{field}.service.port", "BackendNotFound", $"service/{key} has no TCP port {(backend.PortName.Length > 0 ? backend.PortName : $"{backend.PortNumber}")}, only {(there.Length > 0 ? there : "none")}; requests get 503");
            return null;
        }
        var protocol = part.Settings.Protocol ?? (port.AppProtocol == "kubernetes.io/h2c" ? UpstreamProtocol.H2c : UpstreamProtocol.Http);
        // ingress-nginx checks no backend's certificate unless it is told to.
        var wish = new UpstreamWish(key, port.Port, protocol, protocol == UpstreamProtocol.Https ? new UpstreamTls(null, "") : null);
        part.Upstreams.Add(wish);
        return wish;
    }

    private static void Certificate(IngressPart part, IngressTls tls, string field)
    {
        IReadOnlyCollection<string> hosts = !tls.Hosts.IsEmpty ? [.. tls.Hosts.Select(h => h.ToLowerInvariant())] : part.Hosts.Count > 0 ? part.Hosts : ["*"];
        if (tls.Secret.Length == 0)
        {
            part.Report(field, "InvalidCertificateRef", $"no secretName: there is no certificate to show for {string.Join(", ", hosts)}");
            return;
        }
        var key = $"{part.Ingress.Namespace}/{tls.Secret}";
        var (certificate, fault) = CertificateRead.Of(part.Lookups.Secret(key), key, hosts);
        if (certificate is not null)
            part.Certificates.Add(certificate);
        if (fault is not null)
            part.Report($"{field}.secretName", "InvalidCertificateRef", fault);
    }
}
