using System.Net;
using Vitrine.Gateway.Listening;

namespace Vitrine.Gateway.Requests;

/// <summary>Whose request it is: the peer's, or, behind hops that the plan trusts, the last address before them in X-Forwarded-For.</summary>
internal sealed class ClientAddress
{
    private bool? trusted;
    private IPAddress? address;

    public void Forget() => (trusted, address) = (null, null);

    public bool IsTrusted(Exchange exchange)
    {
        if (trusted is { } known)
            return known;
        var hops = exchange.Arrival.Listener.TrustedHops;
        return (trusted = !hops.IsDefaultOrEmpty && AddressRanges.Of(hops).Contain(exchange.Arrival.Peer)).Value;
    }

    public IPAddress Of(Exchange exchange) => address ??= IsTrusted(exchange) ? Behind(exchange) : exchange.Arrival.Peer;

    private static IPAddress Behind(Exchange exchange)
    {
        var hops = AddressRanges.Of(exchange.Arrival.Listener.TrustedHops);
        var last = exchange.Arrival.Peer;
        var told = exchange.Http.Request.Headers["X-Forwarded-For"].ToString().Split(',', StringSplitOptions.TrimEntries);
        for (var i = told.Length - 1; i >= 0; i--)
        {
            // Whatever stands left of what cannot be read was written by nobody we know.
            if (!IPAddress.TryParse(told[i], out var hop))
                break;
            last = Arrival.Plain(hop);
            if (!hops.Contain(last))
                break;
        }
        return last;
    }
}
