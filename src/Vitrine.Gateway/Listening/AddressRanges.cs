using System.Collections.Immutable;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vitrine.Gateway.Listening;

/// <summary>Ranges of addresses of both families, read once.</summary>
internal sealed class AddressRanges
{
    private static readonly ConditionalWeakTable<string[], AddressRanges> Read = [];
    private readonly IPNetwork[] networks;

    public AddressRanges(IEnumerable<string> cidrs) => networks = [.. cidrs.Select(Parse).OfType<IPNetwork>()];

    /// <summary>Of a list in a plan; kept as long as the list is.</summary>
    public static AddressRanges Of(ImmutableArray<string> cidrs) =>
        Read.GetValue(ImmutableCollectionsMarshal.AsArray(cidrs) ?? [], static c => new AddressRanges(c));

    public bool Contain(IPAddress address)
    {
        foreach (var network in networks)
            if (network.Contains(address))
                return true;
        return false;
    }

    // A single address is a range of one; what is neither takes nobody in.
    private static IPNetwork? Parse(string text) =>
        IPNetwork.TryParse(text, out var network) ? network : IPAddress.TryParse(text, out var one) ? new IPNetwork(one, one.GetAddressBytes().Length * 8) : null;
}
