using System.Net;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Model.Explain;

namespace Vitrine.Dataplane.Explain;

/// <summary>Asks the kernel of every station on a way which route it would take, and compares.</summary>
public static class RouteCheck
{
    /// <summary>Each a sentence with both sides; empty when all is as predicted.</summary>
    public static IReadOnlyList<string> Contradictions(Leg leg, Func<string, NetnsHandle?> namespaces)
    {
        var found = new List<string>();
        foreach (var (index, hop) in leg.Hops.Index())
            if (hop is { Passed: true, InTunnel: false, Output: { } output, RoutedTo: { } to } && namespaces(hop.Where) is { } netns
                && Kernel(netns, to, index == 0 || hop.Input is null ? null : (hop.Input, hop.RoutedFrom)) is { } kernel && kernel != output)
                found.Add($"{hop.Where}: predicted {to} to go by {output} (\"{hop.Entry}\"), the kernel's route lookup says {kernel}");
        return found;
    }

    /// <summary>Name of the link the kernel would take; what it says when it takes none; null when the question cannot be put.</summary>
    private static string? Kernel(NetnsHandle netns, IPAddress to, (string Input, IPAddress? From)? forwarded)
    {
        using var socket = RtnetlinkSocket.OpenIn(netns);
        var links = socket.ListLinks();
        var lookup = new RouteLookup(to);
        if (forwarded is { } packet)
        {
            // Without its source a packet that comes in cannot be judged.
            if (packet.From is null || links.FirstOrDefault(l => l.Name == packet.Input) is not { } input)
                return null;
            lookup = lookup with { Source = packet.From, InInterface = input.Index };
        }
        try
        {
            var route = socket.FindRoute(lookup);
            return links.FirstOrDefault(l => l.Index == route.LinkIndex)?.Name ?? $"link {route.LinkIndex}";
        }
        catch (NetlinkException e)
        {
            return e.Message;
        }
    }
}
