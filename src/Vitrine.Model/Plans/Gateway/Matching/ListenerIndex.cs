using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Gateway.Matching;

/// <summary>One listener, ready to be asked. Choosing allocates nothing, unless a rule looks at a value that its caller has to make.</summary>
public sealed class ListenerIndex
{
    private readonly NameTable<HostIndex> hosts = new();
    private readonly NameTable<ServerCertificate> certificates = new();
    private readonly NameTable<PassthroughRoute> passthrough = new();
    private readonly Dictionary<VirtualHost, HostIndex> byHost = new(ReferenceEqualityComparer.Instance);

    /// <param name="listener">of a plan</param>
    /// <param name="previous">an earlier one of that name, or null</param>
    /// <param name="made">hosts that other listeners of the plan have, too; gets those of this one</param>
    internal ListenerIndex(PlannedListener listener, ListenerIndex? previous, Dictionary<VirtualHost, HostIndex> made)
    {
        Listener = listener;
        foreach (var host in listener.Hosts)
        {
            if (!made.TryGetValue(host, out var index))
                made[host] = index = previous?.byHost.GetValueOrDefault(host) ?? new HostIndex(host, previous?.hosts.Get(host.Host, host.OneLabel));
            byHost[host] = index;
            hosts.Add(host.Host, host.OneLabel, index);
        }
        foreach (var certificate in listener.Certificates)
            foreach (var name in certificate.Hosts)
                certificates.Add(name, true, certificate);
        foreach (var route in listener.Passthrough)
            passthrough.Add(route.Host, false, route);
    }

    public PlannedListener Listener { get; }

    public ChosenRule Choose(in RequestShape request)
    {
        if (hosts.Find(request.Host) is not { } host)
            return default;
        var rule = host.Choose(request);
        return new ChosenRule(host.Host, rule < 0 ? null : host.Tests[rule].Rule);
    }

    /// <summary>Of a server name (SNI); an empty one for clients that send none. Null: there is nothing to show.</summary>
    public ServerCertificate? Certificate(ReadOnlySpan<char> serverName) => certificates.Find(serverName);

    /// <summary>Where unopened TLS for a server name goes; null: nowhere.</summary>
    public PassthroughRoute? Passthrough(ReadOnlySpan<char> serverName) => passthrough.Find(serverName);

    /// <summary>Every rule and what became of it, in the plan's order: one is chosen at most, and it is the one that <see cref="Choose"/> gives.</summary>
    public ImmutableArray<RuleVerdict> Explain(in RequestShape request)
    {
        var verdicts = ImmutableArray.CreateBuilder<RuleVerdict>();
        var taking = hosts.Find(request.Host);
        foreach (var host in Listener.Hosts)
        {
            var index = byHost[host];
            var taken = "";
            foreach (var test in index.Tests)
            {
                var verdict = index != taking ? VerdictText.OfHost(host, test.Rule, taking?.Host, request) : VerdictText.OfRule(host, test, taken, request);
                verdicts.Add(verdict);
                taken = verdict.Outcome == RuleOutcome.Chosen ? $"{test.Rule.Source}" : taken;
            }
        }
        return verdicts.ToImmutable();
    }
}
