using System.Collections.Immutable;
using Vitrine.Model.Plans.Gateway.GatewayApi;
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
    private readonly GatewayApiCompiler gateways = new();
    private readonly UpstreamCompiler upstreams = new();
    private ImmutableArray<PlannedListener> listeners = [];
    private ImmutableArray<PlannedListener> doors = [];
    private ImmutableArray<GatewayProblem> problems = [];
    private ImmutableArray<UpstreamWish> wishes = [];
    private ClusterSnapshot? last;

    /// <summary>spec.controller of the IngressClasses that are served.</summary>
    public const string IngressController = IngressCompiler.Controller;

    /// <summary>spec.controllerName of the GatewayClasses that are served.</summary>
    public const string GatewayController = GatewayApiCompiler.Controller;

    /// <summary>Whether an Ingress is of a class that is served.</summary>
    public static bool Serves(ClusterSnapshot snapshot, Ingress ingress) => IngressCompiler.IsOurs(ingress, snapshot);

    /// <summary>What the status of our Gateways is to say, of the last plan.</summary>
    public ImmutableArray<GatewayReport> Gateways => gateways.Gateways;

    /// <summary>The same of the routes that have a parent among them.</summary>
    public ImmutableArray<RouteReport> Routes => gateways.Routes;

    /// <summary>The same of BackendTLSPolicies that one of these routes meets.</summary>
    public ImmutableArray<PolicyReport> Policies => gateways.Policies;

    /// <summary>namespace/name of the Secrets the last plan asked for, there or not: these are read, and no others.</summary>
    public IReadOnlySet<string> Secrets { get; private set; } = new HashSet<string>();

    /// <summary>The same of ConfigMaps.</summary>
    public IReadOnlySet<string> ConfigMaps { get; private set; } = new HashSet<string>();

    /// <param name="snapshot">the cluster</param>
    /// <param name="changed">Services (namespace/name) that may differ, themselves or their slices, from those of the last call; null to look at all</param>
    public GatewayPlan Compile(ClusterSnapshot snapshot, IReadOnlySet<string>? changed = null)
    {
        // Endpoints change far more often than routes do.
        if (last is null || !SameRoutes(last, snapshot))
            CompileRoutes(snapshot);
        var first = last is null;
        last = snapshot;
        return new GatewayPlan { Listeners = listeners, Upstreams = upstreams.Compile(snapshot, wishes, first ? null : changed), Problems = problems };
    }

    private static bool SameRoutes(ClusterSnapshot one, ClusterSnapshot other) =>
        ReferenceEquals(one.Ingresses, other.Ingresses) && ReferenceEquals(one.IngressClasses, other.IngressClasses) && ReferenceEquals(one.Services, other.Services)
        && ReferenceEquals(one.Secrets, other.Secrets) && ReferenceEquals(one.ConfigMaps, other.ConfigMaps)
        && ReferenceEquals(one.GatewayClasses, other.GatewayClasses) && ReferenceEquals(one.Gateways, other.Gateways) && ReferenceEquals(one.HttpRoutes, other.HttpRoutes)
        && ReferenceEquals(one.GrpcRoutes, other.GrpcRoutes) && ReferenceEquals(one.TlsRoutes, other.TlsRoutes) && ReferenceEquals(one.BackendTlsPolicies, other.BackendTlsPolicies)
        && ReferenceEquals(one.ReferenceGrants, other.ReferenceGrants) && ReferenceEquals(one.Namespaces, other.Namespaces);

    private void CompileRoutes(ClusterSnapshot snapshot)
    {
        var (hosts, certificates, troubles) = ingresses.Compile(snapshot);
        if (snapshot.IngressClasses.Values.All(c => c.Controller != IngressController))
            doors = [];
        else if (doors is not [var plain, var secure] || !SameInstances.Of(plain.Hosts, hosts) || !SameInstances.Of(secure.Certificates, certificates))
            doors =
            [
                new PlannedListener(IngressService.Plain, IngressService.PlainPort, IngressService.PlainTarget, ListenerProtocol.Http) { Hosts = hosts },
                new PlannedListener(IngressService.Secure, IngressService.SecurePort, IngressService.SecureTarget, ListenerProtocol.Https) { Hosts = hosts, Certificates = certificates },
            ];
        ImmutableArray<PlannedListener> all = [.. doors, .. gateways.Compile(snapshot)];
        listeners = SameInstances.Of(listeners, all) ? listeners : all;
        Lookups[] lookups = [.. ingresses.Parts.Select(p => p.Lookups).Where(l => l.AsksForValues), .. gateways.Lookups];
        Secrets = lookups.SelectMany(l => l.Secrets).ToHashSet(StringComparer.Ordinal);
        ConfigMaps = lookups.SelectMany(l => l.ConfigMaps).ToHashSet(StringComparer.Ordinal);
        ImmutableArray<UpstreamWish> now = [.. ingresses.Parts.SelectMany(p => p.Upstreams), .. gateways.Upstreams];
        wishes = wishes.SequenceEqual(now) ? wishes : now;
        problems = [.. troubles, .. gateways.Problems, .. wishes.Select(w => snapshot.Services.GetValueOrDefault(w.Service)).OfType<Service>().Where(s => !s.Settings.IsEmpty).DistinctBy(s => s.Key).SelectMany(BackendSettings.Problems)];
    }
}
