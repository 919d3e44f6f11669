using System.Collections.Immutable;
using Vitrine.Model.Plans.Gateway.Ingresses;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Gateway;

/// <summary>
/// Snapshots → plans, one after another. The plan is a function of the snapshot alone; what is remembered of the last one saves work: an endpoint that
/// comes or goes costs its upstream, a changed route its host.
/// </summary>
public sealed class GatewayCompiler
{
    private readonly IngressCompiler ingresses = new();
    private readonly UpstreamCompiler upstreams = new();
    private ImmutableArray<PlannedListener> listeners = [];

    /// <summary>spec.controller of the IngressClasses that are served.</summary>
    public const string IngressController = IngressCompiler.Controller;

    /// <summary>namespace/name of the Secrets the last plan asked for, there or not: these are read, and no others.</summary>
    public ImmutableHashSet<string> Secrets { get; private set; } = [];

    /// <summary>The same of ConfigMaps.</summary>
    public ImmutableHashSet<string> ConfigMaps { get; private set; } = [];

    public GatewayPlan Compile(ClusterSnapshot snapshot)
    {
        var (hosts, certificates, problems) = ingresses.Compile(snapshot);
        Secrets = [.. ingresses.Parts.SelectMany(p => p.Lookups.Secrets)];
        ConfigMaps = [.. ingresses.Parts.SelectMany(p => p.Lookups.ConfigMaps)];
        if (snapshot.IngressClasses.Values.All(c => c.Controller != IngressController))
            listeners = [];
        else if (listeners is not [var plain, var secure] || !SameInstances.Of(plain.Hosts, hosts) || !SameInstances.Of(secure.Certificates, certificates))
            listeners =
            [
                new PlannedListener(IngressService.Plain, IngressService.PlainPort, IngressService.PlainTarget, ListenerProtocol.Http) { Hosts = hosts },
                new PlannedListener(IngressService.Secure, IngressService.SecurePort, IngressService.SecureTarget, ListenerProtocol.Https) { Hosts = hosts, Certificates = certificates },
            ];
        return new GatewayPlan { Listeners = listeners, Upstreams = upstreams.Compile(snapshot, ingresses.Parts.SelectMany(p => p.Upstreams)), Problems = problems };
    }
}
