using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Gateway.Matching;

/// <summary>A plan, ready to be asked about requests: which rule takes one, and why not another. The proxy and explain both ask here.</summary>
public sealed class GatewayIndex
{
    private readonly Dictionary<string, ListenerIndex> byName;

    private GatewayIndex(GatewayPlan plan, Dictionary<string, ListenerIndex> byName) => (Plan, this.byName) = (plan, byName);

    public GatewayPlan Plan { get; }

    /// <param name="plan">which</param>
    /// <param name="previous">an earlier plan's, for speed alone: listeners and hosts that are the same instances are not indexed again</param>
    public static GatewayIndex Compile(GatewayPlan plan, GatewayIndex? previous = null)
    {
        var listeners = new Dictionary<string, ListenerIndex>(StringComparer.Ordinal);
        foreach (var listener in plan.Listeners)
        {
            var before = previous?.Find(listener.Name);
            listeners[listener.Name] = before is not null && ReferenceEquals(before.Listener, listener) ? before : new ListenerIndex(listener, before, listeners.Values);
        }
        return new GatewayIndex(plan, listeners);
    }

    /// <summary>By its stable name; a server keeps what it finds until the next plan.</summary>
    public ListenerIndex? Find(string listener) => byName.GetValueOrDefault(listener);

    /// <summary>Nobody where there is no such listener.</summary>
    public ChosenRule Choose(string listener, in RequestShape request) => Find(listener) is { } found ? found.Choose(request) : default;

    /// <summary>Every rule of a listener and what became of it.</summary>
    public ImmutableArray<RuleVerdict> Explain(string listener, in RequestShape request) => Find(listener) is { } found ? found.Explain(request) : [];
}
