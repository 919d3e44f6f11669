using Vitrine.Gateway.Forwarding;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Model.Plans.Gateway.Matching;

namespace Vitrine.Gateway.Serving;

/// <summary>A plan, ready to serve. It is put in place in one step: a request sees the old one or the new one as a whole.</summary>
internal sealed class ServedPlan
{
    private readonly Dictionary<string, UpstreamState> upstreams;

    private ServedPlan(GatewayIndex index, Dictionary<string, UpstreamState> upstreams) => (Index, this.upstreams) = (index, upstreams);

    public GatewayIndex Index { get; }

    public IEnumerable<UpstreamState> Upstreams => upstreams.Values;

    public static ServedPlan Empty(TimeProvider time) => Compile(GatewayPlan.Empty, null, time);

    /// <summary>What is the same instance in both plans is not looked at again.</summary>
    public static ServedPlan Compile(GatewayPlan plan, ServedPlan? previous, TimeProvider time)
    {
        var upstreams = new Dictionary<string, UpstreamState>(plan.Upstreams.Count, StringComparer.Ordinal);
        foreach (var (key, upstream) in plan.Upstreams)
        {
            var before = previous?.upstreams.GetValueOrDefault(key);
            upstreams[key] = before is not null && ReferenceEquals(before.Upstream, upstream) ? before : new UpstreamState(upstream, before, time);
        }
        return new ServedPlan(GatewayIndex.Compile(plan, previous?.Index), upstreams);
    }

    public UpstreamState? Upstream(string key) => upstreams.GetValueOrDefault(key);
}
