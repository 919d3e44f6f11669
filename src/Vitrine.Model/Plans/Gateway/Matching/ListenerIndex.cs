using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Gateway.Matching;

/// <summary>One listener, ready to be asked. Choosing allocates nothing, unless a rule looks at a value that its caller has to make.</summary>
public sealed class ListenerIndex
{
    private readonly NameTable<HostIndex> hosts;
    private readonly NameTable<ServerCertificate> certificates = new();
    private readonly NameTable<PassthroughRoute> passthrough = new();

    /// <param name="listener">of a plan</param>
    /// <param name="previous">an earlier one of that name, or null</param>
    /// <param name="others">of the same plan: listeners share hosts, those of Ingress all of them</param>
    internal ListenerIndex(PlannedListener listener, ListenerIndex? previous, IReadOnlyCollection<ListenerIndex> others)
    {
        Listener = listener;
        var twin = others.FirstOrDefault(o => o.Listener.Hosts == listener.Hosts);
        hosts = twin?.hosts ?? new NameTable<HostIndex>();
        foreach (var host in twin is null ? listener.Hosts : [])
            hosts.Add(host.Host, host.OneLabel, Of(host, previous) ?? others.Select(o => Of(host, o)).FirstOrDefault(i => i is not null) ?? new HostIndex(host, previous?.hosts.Get(host.Host, host.OneLabel)));
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
            var index = Of(host, this) ?? new HostIndex(host, null);
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

    private static HostIndex? Of(VirtualHost host, ListenerIndex? at) => at?.hosts.Get(host.Host, host.OneLabel) is { } index && ReferenceEquals(index.Host, host) ? index : null;
}
