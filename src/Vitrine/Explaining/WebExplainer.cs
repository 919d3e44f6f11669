using System.Net;
using Vitrine.Model.Explain;
using Vitrine.Model.Explain.Gateway;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Model.Snapshot;

namespace Vitrine.Explaining;

/// <summary>Goes on where a packet's walk ends at the gateway's door: what becomes of the request, and how its backends are reached from there.</summary>
internal sealed class WebExplainer(IFacts facts, GatewayFacts gateway, AskedRequest request)
{
    // Enough to find one that is not like the others, and still at once.
    private const int MostWalks = 8;

    /// <summary>The door for a name that nobody resolves, as a browser would be told it: the gateway's own address.</summary>
    public Target? Door(Place source, Target unnamed)
    {
        if (gateway.DoorFor(request.Host, request.Port) is not var (service, address, listener) || unnamed.Naming is not { } naming || !(listener.Hosts.Any(h => RequestWalk.Knows(h, request.Host)) || IsOutside(request.Host)))
            return null;
        var onward = new Hop(source.Object, $"so a browser needs to be told; going on with the gateway's own address {address}, which serves {listener.Name}", $"service/{service.Key}", $"{address} {request.Host}");
        return new Target(new Place(Place.Service(service.Key), address), request.Port, Transport.Tcp) { Naming = naming with { Failure = null, Hops = [.. naming.Hops, onward] } };
    }

    /// <summary>What is at fault where the gateway has no address yet, since nothing is served: an Ingress for this very host that is nobody's. Null where there is none.</summary>
    public WebExplanation? WithoutDoor() =>
        IsOutside(request.Host) && RequestWalk.Doors(gateway.Index.Plan, request.Host, request.Port).FirstOrDefault() is { } listener
        && RequestWalk.Explain(gateway.Snapshot, gateway.Index, listener.Name, request, null) is { Good: false, Culprit: not null } told ? new WebExplanation(told, null, null) : null;

    /// <summary>A name that no Service could have: with dots, and not NAME.NAMESPACE… of a namespace that is there. A misspelt Service is no business of the gateway's.</summary>
    private bool IsOutside(string host) => host.Split('.') is [_, var second, ..] && !host.EndsWith($".{facts.Domain}", StringComparison.Ordinal) && !facts.Snapshot.Namespaces.ContainsKey(second);

    /// <summary>Null where the packet does not end at the gateway, or never arrives.</summary>
    public WebExplanation? Explain(Scene scene, Explanation explanation)
    {
        if (explanation.EndPoint is not { } text || explanation.Verdict is not (Verdict.Delivered or Verdict.NotKnown or Verdict.SomeEndpointsFail))
            return null;
        var end = IPEndPoint.Parse(text);
        // A pod may well listen on the number that is the proxy's on nodes.
        if (scene.PodAt(end.Address) is not null || gateway.At(end.Port) is not { } listener || listener.Protocol == ListenerProtocol.Passthrough)
            return null;
        var client = explanation.SeenAs?.Split(',')[0] is { } seen && IPAddress.TryParse(seen, out var address) ? address : explanation.Question.Source.Address;
        var told = RequestWalk.Explain(gateway.Snapshot, gateway.Index, listener.Name, request, client);
        var proxy = facts.Snapshot.Nodes.Values.FirstOrDefault(n => n.Addresses.Contains(end.Address));
        if (proxy is null)
            return new WebExplanation(told, null, null);
        if (told.Verdict == RequestVerdict.NoEndpoint)
            return new WebExplanation(Because(told, scene, proxy), null, null);
        if (told.Verdict != RequestVerdict.Forwarded)
            return new WebExplanation(told, null, null);
        Explanation? first = null;
        foreach (var endpoint in told.Upstreams.SelectMany(u => u.Endpoints).Take(MostWalks))
        {
            var to = IPAddress.Parse(endpoint.Address);
            var place = new Place(endpoint.Pod is { } pod ? Place.Pod(pod) : endpoint.Address, to);
            var from = At(proxy, to);
            var walk = PacketWalk.Explain(facts.Read(from, place, endpoint.Port), new Question(from, place, Transport.Tcp, endpoint.Port, 0) { ByGateway = true });
            first ??= walk;
            if (walk.Verdict is not (Verdict.Delivered or Verdict.NotKnown) || walk.Deciding.Culprit is not null)
                return new WebExplanation(told, walk, $"{place.Object}, to which {told.Rule!.Source} sends requests, {(walk.Verdict == Verdict.NotKnown ? "may not be" : "is not")} reached from {from.Object}: {walk.Deciding.Why}");
        }
        return new WebExplanation(told, first, null);
    }

    /// <summary>The proxy's node, with an address of the destination's family.</summary>
    private static Place At(Node proxy, IPAddress to) => new(Place.Node(proxy.Name), proxy.Addresses.FirstOrDefault(a => a.AddressFamily == to.AddressFamily));

    /// <summary>Why a Service has no endpoint is told by a packet's walk to its address.</summary>
    private RequestExplanation Because(RequestExplanation told, Scene scene, Node proxy)
    {
        var empty = told.Upstreams.First(u => u.Endpoints.IsEmpty);
        if (!gateway.Snapshot.Services.TryGetValue(empty.Service, out var service) || service.ClusterIPs.IsEmpty)
            return told;
        var deciding = PacketWalk.Explain(scene, new Question(At(proxy, service.ClusterIPs[0]), new Place(Place.Service(service.Key), service.ClusterIPs[0]), Transport.Tcp, empty.Port, 0)).Deciding;
        return deciding.Culprit is null ? told : told with { Why = $"{told.Why}: {deciding.Why}", Culprit = deciding.Culprit, Fix = deciding.Fix, Command = deciding.Command };
    }
}

/// <summary>A request's fate, and the walk to one of its backends: to one that is not reached, if there is such.</summary>
/// <param name="Request">at the gateway</param>
/// <param name="Onward">from there; null where it does not go on</param>
/// <param name="Trouble">what is wrong with that walk, or null</param>
internal sealed record WebExplanation(RequestExplanation Request, Explanation? Onward, string? Trouble);
