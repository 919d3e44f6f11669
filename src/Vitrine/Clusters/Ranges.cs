using System.Net;
using System.Net.Sockets;
using Vitrine.Model;
using Vitrine.Model.Plans;

namespace Vitrine.Clusters;

/// <summary>The ranges a cluster is asked to take, and the one rule about them: a cluster's ranges are nobody else's.</summary>
internal static class Ranges
{
    /// <summary>Whether this kernel has IPv6 at all.</summary>
    public static bool HostHasIPv6 => File.Exists("/proc/net/if_inet6");

    /// <summary>
    /// A flag's ranges in the order of the cluster's families: what was given, and for a family that was not, a range
    /// derived from the IPv4 one (10.244.0.0/16 → fd00:10:244::/56), so that two clusters with ranges of their own differ in both.
    /// </summary>
    /// <param name="flag">Name of the flag, for errors.</param>
    /// <param name="given">One CIDR, or one of each family with a comma.</param>
    /// <param name="fallback">The flag's IPv4 default.</param>
    /// <param name="family">ipv4, ipv6 or dual.</param>
    /// <param name="longest">Longest prefix an IPv4 range may have.</param>
    /// <param name="derivedPrefix">Prefix length of a derived IPv6 range; an IPv6 range that is given is no longer than that or its share.</param>
    public static IReadOnlyList<string> Require(string flag, string? given, string fallback, string family, int longest, int derivedPrefix)
    {
        var ranges = (given ?? fallback).Split(',').Select(c => Require(flag, c.Trim(), longest, Math.Max(derivedPrefix, 64))).ToList();
        if (ranges.Select(Subnets.Bits).Distinct().Count() != ranges.Count)
        {
            throw new CommandFailure($"{flag} {given} has two ranges of one address family", "give one range, or one of each family: 10.244.0.0/16,fd00:10:244::/56");
        }

        var v4 = ranges.Where(r => Subnets.Bits(r) == 32).ToArray();
        var v6 = ranges.Where(r => Subnets.Bits(r) == 128).ToArray();
        return [.. (family switch
        {
            "ipv4" => v4.Length > 0 && v6.Length == 0 ? v4 : throw WrongFamily("IPv4"),
            "ipv6" => v6.Length > 0 && v4.Length == 0 ? v6 : given is null ? [Derive(v4[0], derivedPrefix)] : throw WrongFamily("IPv6"),
            _ => v6.Length > 0 && v4.Length > 0 ? [.. ranges] : v4.Length > 0 ? [v4[0], Derive(v4[0], derivedPrefix)] : throw WrongFamily("IPv4 and IPv6"),
        }).Select(r => r.ToString())];

        CommandFailure WrongFamily(string wanted) => new($"{flag} {given} does not fit --ip-family {family}", $"give it the families {wanted}, or choose another --ip-family");
    }

    /// <summary>
    /// The flag --lb-pool: null where it was not given, nothing for "none". A pool may be any range the cluster does not use
    /// itself; inside the nodes' it leaves out the bridge and the nodes there are.
    /// </summary>
    public static IReadOnlyList<string>? Pools(IReadOnlyList<string>? given, ClusterSpec spec)
    {
        if (given is not { Count: > 0 })
        {
            return null;
        }

        if (given is ["none"])
        {
            return [];
        }

        foreach (var text in given)
        {
            if (AddressPool.Parse(text) is not { } pool)
            {
                throw new CommandFailure($"--lb-pool {text} is not a range of addresses", "write it as [NAME=]ADDRESS/PREFIX or [NAME=]FIRST-LAST, e.g. 172.30.0.200-172.30.0.220, or none; give the flag again for another range");
            }

            if (spec.AllRanges.FirstOrDefault(r => r.Flag != "--node-cidr" && pool.Overlaps(r.Range)) is { Flag: { } flag } range)
            {
                throw new CommandFailure($"--lb-pool {text} overlaps {flag} {range.Range}", "give it addresses of the node range or of the network outside");
            }

            if (spec.BridgeAddresses.Concat(ClusterSpec.Parse(spec.NodeCidrs).Select(r => r.BaseAddress)).FirstOrDefault(pool.Contains) is { } own)
            {
                throw new CommandFailure($"--lb-pool {text} has {own} in it, which is the cluster's own", $"take the end of the node range, e.g. {string.Join(" and ", ClusterSpec.Parse(spec.NodeCidrs).Select(AddressPool.AtEndOf))}");
            }
        }

        return given;
    }

    /// <summary>
    /// Throws <see cref="CommandFailure"/> when a range of the cluster overlaps another of its own or a route of the host;
    /// the message names a free range to choose instead.
    /// </summary>
    public static void RequireFree(IReadOnlyList<(string Flag, IPNetwork Range)> wanted, IReadOnlyCollection<(IPNetwork Range, string Owner)> taken)
    {
        for (var i = 0; i < wanted.Count; i++)
        {
            var (flag, range) = wanted[i];
            foreach (var (otherFlag, other) in wanted.Take(i))
            {
                if (Subnets.Overlap(range, other))
                {
                    throw new CommandFailure($"{flag} {range} overlaps {otherFlag} {other}", "give the cluster ranges that do not overlap");
                }
            }

            foreach (var (other, owner) in taken)
            {
                if (Subnets.Overlap(range, other))
                {
                    throw new CommandFailure(
                        $"{flag} {range} overlaps {other}, which this host already routes ({owner})",
                        $"choose another range, e.g. {flag} {Suggest(range, [.. wanted.Select(w => w.Range), .. taken.Select(t => t.Range)])}");
                }
            }
        }
    }

    /// <summary>A range of the same size that overlaps nothing: the next ones, then the private ranges from their start (RFC 1918, RFC 4193).</summary>
    public static IPNetwork Suggest(IPNetwork like, IReadOnlyCollection<IPNetwork> taken)
    {
        IPNetwork[] spaces = Subnets.Bits(like) == 32 ? [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12")] : [IPNetwork.Parse("fd00::/16")];
        var next = Enumerable.Range(1, 512).Select(i => Subnets.Share(like, like.PrefixLength, (UInt128)i)).Where(c => spaces.Any(s => s.Contains(c.BaseAddress)));
        var first = spaces.Where(s => s.PrefixLength <= like.PrefixLength)
            .SelectMany(s => Enumerable.Range(0, (int)Math.Min(512, Subnets.Shares(s, like.PrefixLength))).Select(i => Subnets.Share(s, like.PrefixLength, (UInt128)i)));
        return next.Concat(first).FirstOrDefault(c => !taken.Any(t => Subnets.Overlap(t, c)), like);
    }

    private static IPNetwork Require(string flag, string cidr, int longest, int longestV6)
    {
        if (!IPNetwork.TryParse(cidr, out var range) || range.ToString() != cidr)
        {
            throw new CommandFailure($"{flag} {cidr} is not a range of addresses", "write it as ADDRESS/PREFIX with all host bits zero, e.g. 10.244.0.0/16 or fd00:10:244::/56");
        }

        var limit = range.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? longest : longestV6;
        return range.PrefixLength <= limit ? range : throw new CommandFailure($"{flag} {cidr} is too small", $"give it a prefix of /{limit} or shorter");
    }

    // Unique local addresses (RFC 4193) that read as the IPv4 range does: the digits of 10.244 are the groups 10:244.
    private static IPNetwork Derive(IPNetwork v4, int prefix)
    {
        var octets = v4.BaseAddress.GetAddressBytes();
        var fourth = octets[2] == 0 ? "0" : prefix <= 56 ? $"{octets[2]:x}00" : $"{octets[2]:x}";
        var last = prefix > 64 && octets[3] != 0 ? $"{octets[3]:x}:0" : "";
        return new IPNetwork(IPAddress.Parse($"fd00:{octets[0]}:{octets[1]}:{fourth}::{last}"), prefix);
    }
}
