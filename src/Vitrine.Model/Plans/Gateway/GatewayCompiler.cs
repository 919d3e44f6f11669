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
    private ImmutableArray<GatewayProblem> problems = [];
    private ImmutableArray<UpstreamWish> wishes = [];
    private ClusterSnapshot? last;

    /// <summary>spec.controller of the IngressClasses that are served.</summary>
    public const string IngressController = IngressCompiler.Controller;

    /// <summary>namespace/name of the Secrets the last plan asked for, there or not: these are read, and no others.</summary>
    public ImmutableHashSet<string> Secrets { get; private set; } = [];

    /// <summary>The same of ConfigMaps.</summary>
    public ImmutableHashSet<string> ConfigMaps { get; private set; } = [];

    public GatewayPlan Compile(ClusterSnapshot snapshot)
    {
        // Endpoints change far more often than routes do.
        if (last is null || !SameRoutes(last, snapshot))
            CompileRoutes(snapshot);
        last = snapshot;
        return new GatewayPlan { Listeners = listeners, Upstreams = upstreams.Compile(snapshot, wishes), Problems = problems };
    }

    private static bool SameRoutes(ClusterSnapshot one, ClusterSnapshot other) =>
        ReferenceEquals(one.Ingresses, other.Ingresses) && ReferenceEquals(one.IngressClasses, other.IngressClasses) && ReferenceEquals(one.Services, other.Services)
        && ReferenceEquals(one.Secrets, other.Secrets) && ReferenceEquals(one.ConfigMaps, other.ConfigMaps);

    private void CompileRoutes(ClusterSnapshot snapshot)
    {
        (var hosts, var certificates, problems) = ingresses.Compile(snapshot);
        Secrets = [.. ingresses.Parts.SelectMany(p => p.Lookups.Secrets)];
        ConfigMaps = [.. ingresses.Parts.SelectMany(p => p.Lookups.ConfigMaps)];
        wishes = [.. ingresses.Parts.SelectMany(p => p.Upstreams)];
        if (snapshot.IngressClasses.Values.All(c => c.Controller != IngressController))
            listeners = [];
        else if (listeners is not [var plain, var secure] || !SameInstances.Of(plain.Hosts, hosts) || !SameInstances.Of(secure.Certificates, certificates))
            listeners =
            [
                new PlannedListener(IngressService.Plain, IngressService.PlainPort, IngressService.PlainTarget, ListenerProtocol.Http) { Hosts = hosts },
                new PlannedListener(IngressService.Secure, IngressService.SecurePort, IngressService.SecureTarget, ListenerProtocol.Https) { Hosts = hosts, Certificates = certificates },
            ];
    }
}
