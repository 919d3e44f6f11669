using System.Collections.Immutable;
using System.Net;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Neighbours;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Model.Plans;

namespace Vitrine.Dataplane.Apply.Services;

/// <summary>Answers for load balancer addresses on the links in whose networks they are. One in no network of ours is brought here by routes, if at all.</summary>
internal sealed class Announcer(NetnsHandle netns, RtnetlinkSocket links, TimeProvider time) : IDisposable
{
    private readonly Dictionary<string, (int Index, MacAddress Mac, NeighbourResponder Responder)> responders = [];

    /// <returns>what the kernel refused</returns>
    public IReadOnlyList<string> Ensure(ImmutableArray<IPAddress> addresses)
    {
        if (addresses.IsEmpty && responders.Count == 0)
            return [];
        var failures = new List<string>();
        var known = links.ListLinks().ToDictionary(l => l.Name);
        var wanted = netns.Run(() => LinkFacts.Read(links)).Links
            .Where(l => known.TryGetValue(l.Name, out var link) && link.Mac is not null)
            .ToDictionary(l => l.Name, l => addresses.Where(a => l.Addresses.Any(n => n.Network.Contains(a))).ToImmutableHashSet());
        foreach (var (name, held) in responders.ToArray())
            if (!wanted.TryGetValue(name, out var still) || still.IsEmpty || known[name].Index != held.Index || known[name].Mac != held.Mac)
            {
                held.Responder.Dispose();
                responders.Remove(name);
            }
        foreach (var (name, some) in wanted.Where(w => !w.Value.IsEmpty))
            try
            {
                if (!responders.TryGetValue(name, out var held))
                    responders[name] = held = (known[name].Index, known[name].Mac!.Value, new NeighbourResponder(netns, known[name], time));
                held.Responder.Set(some);
            }
            catch (LinuxException e)
            {
                failures.Add($"answering for {string.Join(", ", some)} on {name}: {e.Message}");
            }
        return failures;
    }

    public void Dispose()
    {
        foreach (var (_, _, responder) in responders.Values)
            responder.Dispose();
        responders.Clear();
    }
}
