using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Vitrine.Clusters;

/// <summary>Arithmetic on address ranges, and the one rule about them: a cluster's ranges are nobody else's.</summary>
internal static class Ranges
{
    /// <summary>Reads an IPv4 CIDR; throws <see cref="CommandFailure"/> naming the flag.</summary>
    public static IPNetwork Require(string flag, string cidr, int longestPrefix)
    {
        if (!IPNetwork.TryParse(cidr, out var range) || range.BaseAddress.AddressFamily != AddressFamily.InterNetwork || range.ToString() != cidr)
        {
            throw new CommandFailure($"{flag} {cidr} is not an IPv4 range", "write it as ADDRESS/PREFIX with all host bits zero, e.g. 10.244.0.0/16");
        }

        return range.PrefixLength <= longestPrefix
            ? range
            : throw new CommandFailure($"{flag} {cidr} is too small", $"give it a prefix of /{longestPrefix} or shorter");
    }

    public static bool Overlap(IPNetwork a, IPNetwork b) => a.BaseAddress.AddressFamily == b.BaseAddress.AddressFamily
        && (a.PrefixLength <= b.PrefixLength ? a.Contains(b.BaseAddress) : b.Contains(a.BaseAddress));

    /// <summary>The n-th address of an IPv4 range; 0 is its base.</summary>
    public static IPAddress AddressAt(IPNetwork range, int n)
    {
        Span<byte> bytes = stackalloc byte[4];
        range.BaseAddress.TryWriteBytes(bytes, out _);
        BinaryPrimitives.WriteUInt32BigEndian(bytes, BinaryPrimitives.ReadUInt32BigEndian(bytes) + (uint)n);
        return new IPAddress(bytes);
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
                if (Overlap(range, other))
                {
                    throw new CommandFailure($"{flag} {range} overlaps {otherFlag} {other}", "give the cluster ranges that do not overlap");
                }
            }

            foreach (var (other, owner) in taken)
            {
                if (Overlap(range, other))
                {
                    throw new CommandFailure(
                        $"{flag} {range} overlaps {other}, which this host already routes ({owner})",
                        $"choose another range, e.g. {flag} {Suggest(range, [.. wanted.Select(w => w.Range), .. taken.Select(t => t.Range)])}");
                }
            }
        }
    }

    /// <summary>The next range of the same size that overlaps nothing.</summary>
    public static IPNetwork Suggest(IPNetwork like, IReadOnlyCollection<IPNetwork> taken)
    {
        var size = 1L << (32 - like.PrefixLength);
        Span<byte> bytes = stackalloc byte[4];
        like.BaseAddress.TryWriteBytes(bytes, out _);
        var start = (long)BinaryPrimitives.ReadUInt32BigEndian(bytes);
        foreach (var at in Steps(start, size).Concat(Steps(0x0A000000 - size, size)).Concat(Steps(0xAC100000 - size, size)))
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)at);
            var candidate = new IPNetwork(new IPAddress(bytes), like.PrefixLength);
            if (!taken.Any(t => Overlap(t, candidate)))
            {
                return candidate;
            }
        }

        return like;

        static IEnumerable<long> Steps(long from, long size) =>
            Enumerable.Range(1, 512).Select(i => from + (i * size)).Where(a => a is >= 0x0A000000 and <= 0x0AFFFFFF or >= 0xAC100000 and <= 0xAC1FFFFF);
    }
}
