using System.Collections.Immutable;
using System.Net;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Model.Explain;
using Vitrine.Model.Snapshot;

namespace Vitrine.Explaining;

/// <summary>
/// Finds a pod's network namespace without asking the runtime: some process lives in it (its sandbox's pause, at least), and its eth0 is the other end of
/// the veth that bears the pod's name on the node. Where another plugin made the veth it bears none; then it is the one whose other end has the pod's address.
/// </summary>
internal static class PodNetns
{
    /// <summary>Null when the pod has no veth on the node, or no process any more.</summary>
    public static NetnsHandle? Find(Station node, NetnsHandle nodeNetns, Pod pod)
    {
        var veths = node.Links.Where(l => l.Kind == "veth").ToArray();
        var named = veths.Where(l => l.Bears(pod.Key)).ToArray();
        if (named.Length > 0)
            return Namespaces().FirstOrDefault(n => Matches(n, nodeNetns, named, []), null);
        return veths.Length == 0 || pod.Addresses.IsEmpty ? null : Namespaces().FirstOrDefault(n => Matches(n, nodeNetns, veths, pod.Addresses), null);
    }

    private static IEnumerable<NetnsHandle?> Namespaces()
    {
        var seen = new HashSet<string>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (char.IsAsciiDigit(Path.GetFileName(folder)[0]) && Target($"{folder}/ns/net") is { } target && seen.Add(target) && Open($"{folder}/ns/net") is { } netns)
                yield return netns;
    }

    private static bool Matches(NetnsHandle? netns, NetnsHandle node, StationLink[] veths, ImmutableArray<IPAddress> addresses)
    {
        try
        {
            using var socket = RtnetlinkSocket.OpenIn(netns!);
            // Indexes are alike in many namespaces; the number of the namespace its other end is in tells this pod from those of other nodes.
            if (socket.ListLinks().Any(l => l.Kind == "veth" && l.PeerNetnsId is { } peer && veths.Any(v => v.PeerIndex == l.Index && l.PeerIndex == v.Index) && socket.FindNetnsId(node) == peer)
                && (addresses.IsEmpty || !addresses.Except(socket.ListAddresses().Select(h => h.Address)).Any()))
                return true;
        }
        catch (LinuxException)
        {
            // A namespace on its way out is not the one.
        }
        netns!.Dispose();
        return false;
    }

    private static string? Target(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static NetnsHandle? Open(string path)
    {
        try
        {
            return NetnsHandle.TryOpen(path);
        }
        catch (LinuxException)
        {
            return null;
        }
    }
}
