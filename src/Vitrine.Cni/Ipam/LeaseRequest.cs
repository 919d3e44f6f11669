using System.Net;
using Vitrine.Cni.Config;
using Vitrine.Linux.Netlink;

namespace Vitrine.Cni.Ipam;

/// <summary>What an attachment whose link exists already wants to hold.</summary>
/// <param name="Addresses">these very addresses; of sets they leave open, any</param>
internal sealed record LeaseRequest(Attachment Attachment, string Link, IReadOnlyList<RangeSet> Sets, IReadOnlyList<IPAddress> Addresses)
{
    internal MacAddress? Mac { get; init; }

    internal IReadOnlyList<PortMapping> Ports { get; init; } = [];

    /// <summary>Before anything is made: every address asked for is in a range of its own, and is nobody's by definition.</summary>
    /// <exception cref="CniException">invalid config (7)</exception>
    internal static void Validate(IReadOnlyList<RangeSet> sets, IReadOnlyList<IPAddress> addresses)
    {
        var used = new List<RangeSet>();
        foreach (var address in addresses)
        {
            var set = sets.FirstOrDefault(s => s.RangeOf(address) is not null)
                ?? throw Refused($"requested address {address} is in no range of the network", $"the ranges are {string.Join("; ", sets)}");
            if (set.RangeOf(address)!.Gateway.Equals(address))
                throw Refused($"requested address {address} is the gateway's", "ask for another one");
            if (used.Contains(set))
                throw Refused($"requested address {address} is the second one of its range set", "one address is leased from each set");
            used.Add(set);
        }
    }

    private static CniException Refused(string message, string details) => new(ErrorCode.InvalidConfig, message, details);
}
