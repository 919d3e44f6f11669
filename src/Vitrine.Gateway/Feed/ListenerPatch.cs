using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Feed;

/// <summary>A listener that is new or has changed.</summary>
/// <param name="Head">the listener with its lists empty</param>
internal sealed record ListenerPatch(PlannedListener Head, ListPatch<VirtualHost> Hosts, ListPatch<ServerCertificate> Certificates, ListPatch<PassthroughRoute> Passthrough)
{
    public static ListenerPatch Between(PlannedListener? before, PlannedListener after) => new(
        after with { Hosts = [], Certificates = [], Passthrough = [] },
        ListPatch<VirtualHost>.Between(before?.Hosts ?? [], after.Hosts, static h => $"{h.Host} {h.OneLabel}", static (a, b) => FeedJson.Same(a, b, FeedJson.Default.VirtualHost)),
        ListPatch<ServerCertificate>.Between(before?.Certificates ?? [], after.Certificates, static c => c.Secret, static (a, b) => FeedJson.Same(a, b, FeedJson.Default.ServerCertificate)),
        ListPatch<PassthroughRoute>.Between(before?.Passthrough ?? [], after.Passthrough, static r => $"{r.Host} {r.Source}", static (a, b) => FeedJson.Same(a, b, FeedJson.Default.PassthroughRoute)));

    public PlannedListener Apply(PlannedListener? before) => Head with
    {
        Hosts = Hosts.Apply(before?.Hosts ?? []),
        Certificates = Certificates.Apply(before?.Certificates ?? []),
        Passthrough = Passthrough.Apply(before?.Passthrough ?? []),
    };
}
