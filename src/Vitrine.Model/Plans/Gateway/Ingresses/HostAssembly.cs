using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Vitrine.Model.Plans.Gateway.Matching;

namespace Vitrine.Model.Plans.Gateway.Ingresses;

/// <summary>
/// Ingresses → their hosts. A host ends with the default backend, its own or everybody's (https://kubernetes.io/docs/concepts/services-networking/ingress/).
/// One whose Ingresses, default and certificate are those of the last time is that of the last time.
/// </summary>
internal sealed class HostAssembly
{
    private readonly Dictionary<string, Held> held = new(StringComparer.Ordinal);
    private readonly List<string> names = [];
    private readonly SortedSet<string> troubled = new(StringComparer.Ordinal);
    private Dictionary<string, List<IngressPart>> byHost = new(StringComparer.Ordinal);
    private NameTable<string> secured = new();
    private PathEntry? fallback;

    private sealed record Held(IngressPart[] Parts, PathEntry? Default, bool Secure, VirtualHost Host, List<GatewayProblem> Problems);

    /// <summary>Of the last time.</summary>
    public IEnumerable<GatewayProblem> Problems => troubled.SelectMany(n => held[n].Problems);

    /// <param name="parts">oldest first</param>
    /// <param name="changes">since the last time; null to look at all</param>
    public ImmutableArray<VirtualHost> Hosts(IngressPart[] parts, PartChanges? changes)
    {
        // A certificate or a default may concern every host.
        foreach (var name in changes is null || changes.All.Any(p => p.Certificates.Count > 0 || p.Default is not null) ? Regroup(parts) : Move(changes))
        {
            if (!byHost.TryGetValue(name, out var own))
            {
                held.Remove(name);
                troubled.Remove(name);
                continue;
            }
            var last = (name == "*" ? null : own.Find(p => p.Default is not null)?.Default) ?? fallback;
            var secure = secured.Find(name.StartsWith('*') ? "a" + name[1..] : name) is not null;
            if (held.GetValueOrDefault(name) is not { } before || before.Secure != secure || before.Default != last || !before.Parts.AsSpan().SequenceEqual(CollectionsMarshal.AsSpan(own)))
            {
                held[name] = Make(name, [.. own], last, secure);
                if (held[name].Problems.Count > 0)
                    troubled.Add(name);
                else
                    troubled.Remove(name);
            }
        }
        var hosts = ImmutableArray.CreateBuilder<VirtualHost>(names.Count);
        foreach (var name in names)
            hosts.Add(held[name].Host);
        return hosts.MoveToImmutable();
    }

    /// <returns>all hosts, and those that were</returns>
    private HashSet<string> Regroup(IngressPart[] parts)
    {
        (secured, byHost) = (new NameTable<string>(), new Dictionary<string, List<IngressPart>>(byHost.Count, StringComparer.Ordinal));
        foreach (var part in parts)
        {
            foreach (var certificate in part.Certificates)
                foreach (var name in certificate.Hosts)
                    secured.Add(name, true, name);
            foreach (var host in part.Hosts)
                Of(host).Add(part);
        }
        // An Ingress without rules is everybody's default; without one, the oldest that has a default.
        fallback = (parts.FirstOrDefault(p => p.Default is not null && p.Hosts.Count == 0) ?? parts.FirstOrDefault(p => p.Default is not null))?.Default;
        if (fallback is not null)
            Of("*");
        names.Clear();
        names.AddRange(byHost.Keys.Order(StringComparer.Ordinal));
        return [.. held.Keys, .. names];
    }

    /// <returns>the hosts of what came and went</returns>
    private HashSet<string> Move(PartChanges changes)
    {
        var touched = changes.All.SelectMany(p => p.Hosts).ToHashSet(StringComparer.Ordinal);
        foreach (var part in changes.Gone)
            foreach (var host in part.Hosts)
                byHost[host].Remove(part);
        foreach (var part in changes.Came)
            foreach (var host in part.Hosts)
                Of(host).Insert(~Of(host).BinarySearch(part), part);
        foreach (var name in touched)
        {
            var at = names.BinarySearch(name, StringComparer.Ordinal);
            if (byHost[name].Count == 0 && !(name == "*" && fallback is not null))
            {
                byHost.Remove(name);
                names.RemoveAt(at);
            }
            else if (at < 0)
                names.Insert(~at, name);
        }
        return touched;
    }

    private List<IngressPart> Of(string host) => byHost.TryGetValue(host, out var there) ? there : byHost[host] = [];

    private static Held Make(string name, IngressPart[] parts, PathEntry? last, bool secure)
    {
        var problems = new List<GatewayProblem>();
        return new Held(parts, last, secure, new VirtualHost(name, true, HostRules.Of(name, parts.SelectMany(p => p.Entries).Where(e => e.Host == name), last, secure, problems)), problems);
    }
}
