using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Feed;

/// <summary>A listener that is new or has changed.</summary>
/// <param name="Head">the listener with its lists empty</param>
internal sealed record ListenerPatch(PlannedListener Head, ListPatch<VirtualHost> Hosts, ListPatch<ServerCertificate> Certificates, ListPatch<PassthroughRoute> Passthrough)
{
    /// <summary>An earlier listener of the same plan that has the very same hosts, as those of Ingress have; null where there is none.</summary>
    public string? HostsOf { get; init; }

    /// <param name="before">the one of that name in the plan before</param>
    /// <param name="after">what it is to be</param>
    /// <param name="twin">an earlier one of the new plan with the same list of hosts, or null</param>
    public static ListenerPatch Between(PlannedListener? before, PlannedListener after, PlannedListener? twin) => new(
        after with { Hosts = [], Certificates = [], Passthrough = [] },
        ListPatch<VirtualHost>.Between(twin is null ? before?.Hosts ?? [] : [], twin is null ? after.Hosts : [], static h => $"{h.Host} {h.OneLabel}", static (a, b) => FeedJson.Same(a, b, FeedJson.Default.VirtualHost)),
        ListPatch<ServerCertificate>.Between(before?.Certificates ?? [], after.Certificates, static c => c.Secret, static (a, b) => FeedJson.Same(a, b, FeedJson.Default.ServerCertificate)),
        ListPatch<PassthroughRoute>.Between(before?.Passthrough ?? [], after.Passthrough, static r => $"{r.Host} {r.Source}", static (a, b) => FeedJson.Same(a, b, FeedJson.Default.PassthroughRoute)))
    {
        HostsOf = twin?.Name,
    };

    /// <param name="before">the one of that name in the plan before</param>
    /// <param name="twin">that is named by <see cref="HostsOf"/>, or null</param>
    public PlannedListener Apply(PlannedListener? before, PlannedListener? twin) => Head with
    {
        Hosts = twin?.Hosts ?? Hosts.Apply(before?.Hosts ?? []),
        Certificates = Certificates.Apply(before?.Certificates ?? []),
        Passthrough = Passthrough.Apply(before?.Passthrough ?? []),
    };
}
