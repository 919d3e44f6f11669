using System.Collections.Immutable;
using Vitrine.Model.Plans.Gateway.Matching;

namespace Vitrine.Model.Plans.Gateway.Ingresses;

/// <summary>
/// Ingresses → their hosts. A host ends with the default backend, its own or everybody's (https://kubernetes.io/docs/concepts/services-networking/ingress/).
/// One whose Ingresses, default and certificate are those of the last time is that of the last time.
/// </summary>
internal sealed class HostAssembly
{
    private Dictionary<string, Held> held = new(StringComparer.Ordinal);
    private string[] names = [];

    private sealed record Held(IngressPart[] Parts, PathEntry? Default, bool Secure, VirtualHost Host, List<GatewayProblem> Problems);

    /// <summary>Of the last time.</summary>
    public IEnumerable<GatewayProblem> Problems => names.SelectMany(n => held[n].Problems);

    /// <param name="parts">oldest first</param>
    public ImmutableArray<VirtualHost> Hosts(IngressPart[] parts)
    {
        var secured = new NameTable<string>();
        var byHost = new Dictionary<string, List<IngressPart>>(held.Count, StringComparer.Ordinal);
        foreach (var part in parts)
        {
            foreach (var certificate in part.Certificates)
                foreach (var name in certificate.Hosts)
                    secured.Add(name, true, name);
            foreach (var host in part.Hosts)
                (byHost.TryGetValue(host, out var there) ? there : byHost[host] = []).Add(part);
        }
        // An Ingress without rules is everybody's default; without one, the oldest that has a default.
        var fallback = (parts.FirstOrDefault(p => p.Default is not null && p.Hosts.Count == 0) ?? parts.FirstOrDefault(p => p.Default is not null))?.Default;
        if (fallback is not null)
            byHost.TryAdd("*", []);
        if (names.Length != byHost.Count || !names.All(byHost.ContainsKey))
            names = [.. byHost.Keys.Order(StringComparer.Ordinal)];
        var now = new Dictionary<string, Held>(byHost.Count, StringComparer.Ordinal);
        var hosts = ImmutableArray.CreateBuilder<VirtualHost>(names.Length);
        foreach (var name in names)
        {
            var own = byHost[name];
            var last = (name == "*" ? null : own.Find(p => p.Default is not null)?.Default) ?? fallback;
            var secure = secured.Find(name.StartsWith('*') ? "a" + name[1..] : name) is not null;
            now[name] = held.GetValueOrDefault(name) is { } before && before.Secure == secure && before.Default == last && before.Parts.AsSpan().SequenceEqual([.. own]) ? before : Make(name, [.. own], last, secure);
            hosts.Add(now[name].Host);
        }
        held = now;
        return hosts.MoveToImmutable();
    }

    private static Held Make(string name, IngressPart[] parts, PathEntry? last, bool secure)
    {
        var problems = new List<GatewayProblem>();
        return new Held(parts, last, secure, new VirtualHost(name, true, HostRules.Of(name, parts.SelectMany(p => p.Entries).Where(e => e.Host == name), last, secure, problems)), problems);
    }
}
