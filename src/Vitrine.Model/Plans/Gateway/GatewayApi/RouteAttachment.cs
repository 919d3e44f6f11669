using System.Collections.Immutable;
using System.Text.Json;
using Vitrine.Model.Plans.Gateway.Matching;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Gateway.GatewayApi;

/// <summary>Routes → the listeners they come to, and what their status says of it.</summary>
/// <param name="listeners">of our Gateways, by namespace/name</param>
/// <param name="snapshot">for the labels of namespaces</param>
internal sealed class RouteAttachment(IReadOnlyDictionary<string, GatewayListener[]> listeners, ClusterSnapshot snapshot)
{
    /// <summary>Null for a route none of whose parents is ours.</summary>
    public RouteReport? Attach(RouteRead read)
    {
        var reports = ImmutableArray.CreateBuilder<ParentReport>();
        foreach (var parent in read.Route.Spec.Items("parentRefs"))
        {
            var ns = parent.Text("namespace") is { Length: > 0 } other ? other : read.Route.Namespace;
            if (parent.Text("kind") is "" or "Gateway" && (!parent.Has("group") || parent.Text("group") == GatewayApiCompiler.Group) && listeners.TryGetValue($"{ns}/{parent.Text("name")}", out var all))
                reports.Add(new ParentReport(parent, Conditions(read, Attach(read, parent, all))));
        }
        return reports.Count == 0 ? null : new RouteReport(read.Route, reports.ToImmutable());
    }

    private (bool Ok, string Reason, string Message) Attach(RouteRead read, JsonElement parent, GatewayListener[] all)
    {
        var route = read.Route;
        var named = all.Where(l => (!parent.Has("sectionName") || l.Name == parent.Text("sectionName")) && (parent.Number("port") is not { } port || l.Port == port)).ToArray();
        if (named.Length == 0)
            return (false, "NoMatchingParent", $"Gateway {all[0].Gateway.Key} has no listener {(parent.Has("sectionName") ? parent.Text("sectionName") : $"on port {parent.Number("port")}")}; it has {string.Join(", ", all.Select(l => $"{l.Name} ({l.Port})"))}");
        var open = named.Where(l => l.Allows(route.Kind, route.Namespace, snapshot)).ToArray();
        if (open.Length == 0)
            return (false, "NotAllowedByListeners", $"allowedRoutes of {string.Join(", ", named.Select(l => l.Name))} does not let {route.Kind}s of namespace {route.Namespace} in");
        string[] asked = [.. route.Spec.Texts("hostnames").Select(h => h.ToLowerInvariant())];
        var found = false;
        string? rival = null;
        foreach (var listener in open)
        {
            ImmutableArray<string> hosts = asked.Length == 0 ? [listener.Host] : [.. asked.Select(listener.Intersect).OfType<string>().Distinct()];
            if (hosts.IsEmpty)
                continue;
            found = true;
            // Of HTTPRoute and GRPCRoute only one may have a host at a listener: the older, which came first.
            var other = listener.Routes.FirstOrDefault(r => r.Route.Kind != route.Kind && r.Hosts.Any(h => hosts.Any(o => Overlap(h, o))));
            if (other is not null)
                rival ??= $"{other.Route.Kind} {other.Route.Key} has {string.Join(", ", hosts)} at listener {listener.Name} already; one kind of route may have a host";
            else if (!listener.Routes.Any(r => r.Route.Kind == route.Kind && r.Route.Key == route.Key))
                listener.Routes.Add(new AttachedRoute(route, hosts, read.Rules));
        }
        return !found ? (false, "NoMatchingListenerHostname", $"none of {string.Join(", ", asked)} is among {string.Join(", ", open.Select(l => l.Host))}")
            : rival is not null ? (false, "RouteConflict", rival) : (true, "Accepted", "");
    }

    private static bool Overlap(string one, string other) => one == "*" || other == "*" || one == other
        || NameTable<string>.Fits(one, false, other.StartsWith('*') ? "a" + other[1..] : other) || NameTable<string>.Fits(other, false, one.StartsWith('*') ? "a" + one[1..] : one);

    private static ImmutableArray<PlannedCondition> Conditions(RouteRead read, (bool Ok, string Reason, string Message) attached)
    {
        var conditions = ImmutableArray.CreateBuilder<PlannedCondition>();
        conditions.Add(new PlannedCondition("Accepted", attached.Ok, attached.Reason, attached.Message));
        conditions.Add(read.Reading.Unresolved is var (reason, message) ? new PlannedCondition("ResolvedRefs", false, reason, message) : new PlannedCondition("ResolvedRefs", true, "ResolvedRefs", ""));
        if (read.Reading.Unsupported is var (what, why))
            conditions.Add(new PlannedCondition("PartiallyInvalid", true, what, $"Dropped Rule: {why}"));
        return conditions.ToImmutable();
    }
}
