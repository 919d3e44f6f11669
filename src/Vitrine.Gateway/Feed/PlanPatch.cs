using System.Collections.Immutable;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Feed;

/// <summary>How a plan comes out of the one before it: what goes over the socket, so that one changed route of thousands is one route's bytes.</summary>
internal sealed record PlanPatch
{
    /// <summary>Counts up within a connection; the answer names it.</summary>
    public long Number { get; init; }

    /// <summary>The plan before it is the empty one: the first of a connection.</summary>
    public bool Whole { get; init; }

    /// <summary>Names of all listeners, in order.</summary>
    public ImmutableArray<string> Listeners { get; init; } = [];

    public ImmutableArray<ListenerPatch> Changed { get; init; } = [];

    public ImmutableArray<Upstream> Upstreams { get; init; } = [];

    public ImmutableArray<string> UpstreamsGone { get; init; } = [];

    public static PlanPatch Between(GatewayPlan before, GatewayPlan after)
    {
        var listeners = before.Listeners.ToDictionary(l => l.Name, StringComparer.Ordinal);
        return new PlanPatch
        {
            Listeners = [.. after.Listeners.Select(l => l.Name)],
            Changed = [.. after.Listeners.Where(l => !ReferenceEquals(l, listeners.GetValueOrDefault(l.Name))).Select(l => ListenerPatch.Between(listeners.GetValueOrDefault(l.Name), l, Twin(after, l)))],
            Upstreams = ReferenceEquals(before.Upstreams, after.Upstreams) ? [] : [.. after.Upstreams.Values.Where(u => before.Upstreams.GetValueOrDefault(u.Key) is not { } was
                || !ReferenceEquals(was, u) && !FeedJson.Same(was, u, FeedJson.Default.Upstream))],
            UpstreamsGone = ReferenceEquals(before.Upstreams, after.Upstreams) ? [] : [.. before.Upstreams.Keys.Where(k => !after.Upstreams.ContainsKey(k))],
        };
    }

    /// <summary>Problems are the agent's to tell; the proxy never sees them.</summary>
    public GatewayPlan Apply(GatewayPlan before)
    {
        var listeners = before.Listeners.ToDictionary(l => l.Name, StringComparer.Ordinal);
        foreach (var patch in Changed)
            listeners[patch.Head.Name] = patch.Apply(listeners.GetValueOrDefault(patch.Head.Name), patch.HostsOf is not { } name ? null
                : listeners.GetValueOrDefault(name) ?? throw new FormatException("a change of the plan names a listener that the plan has not"));
        if (!Listeners.All(listeners.ContainsKey))
            throw new FormatException("a change of the plan names a listener that the plan has not");
        return new GatewayPlan
        {
            Listeners = [.. Listeners.Select(n => listeners[n])],
            Upstreams = before.Upstreams.RemoveRange(UpstreamsGone).SetItems(Upstreams.Select(u => KeyValuePair.Create(u.Key, u))),
        };
    }

    private static PlannedListener? Twin(GatewayPlan plan, PlannedListener of) => of.Hosts.Length == 0 ? null : plan.Listeners.TakeWhile(l => l != of).FirstOrDefault(l => l.Hosts == of.Hosts);
}
