using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Vitrine.Gateway.Requests;

namespace Vitrine.Gateway.Forwarding;

/// <summary>Who asks, as the backend is told: X-Forwarded-*, X-Real-IP. What a client says of itself is believed only if the plan trusts its address.</summary>
internal static class ForwardedHeaders
{
    private static readonly string[] Ours = ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Real-IP", "Forwarded"];
    private static readonly string[] OursBehindAHop = ["X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP"];

    /// <summary>Not to be passed on as the client sent it.</summary>
    public static bool IsOurs(string name, bool trusted)
    {
        if (name.Length is < 9 or > 17 || (name[0] | 0x20) is not ('x' or 'f'))
            return false;
        // CGI and its heirs read X_Forwarded_For and X-Forwarded-For as the same name.
        if (!trusted && name.Contains('_'))
            name = name.Replace('_', '-');
        foreach (var ours in trusted ? OursBehindAHop : Ours)
            if (ours.Equals(name, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    public static void Write(Exchange exchange, OutgoingRequest to)
    {
        var (request, peer, trusted) = (exchange.Http.Request, exchange.Arrival.PeerText, exchange.Trusted);
        var before = trusted ? request.Headers["X-Forwarded-For"] : default;
        to.Add("X-Forwarded-For", StringValues.IsNullOrEmpty(before) ? peer : $"{before}, {peer}");
        if (!trusted || !request.Headers.ContainsKey("X-Forwarded-Host"))
            to.Add("X-Forwarded-Host", request.Host.Value ?? "");
        if (!trusted || !request.Headers.ContainsKey("X-Forwarded-Port"))
            to.Add("X-Forwarded-Port", exchange.PortText);
        to.Add("X-Forwarded-Proto", exchange.Scheme);
        to.Add("X-Real-IP", exchange.ClientText);
    }

    /// <summary>Headers that the client declared to be of this connection alone (RFC 9110 §7.6.1). Before ours are written, so that none of ours can be declared away.</summary>
    public static void RemoveNominated(HttpRequest request, OutgoingRequest from)
    {
        foreach (var value in request.Headers.Connection)
        {
            if (value is null or "keep-alive" or "close" or "Upgrade" or "upgrade")
                continue;
            foreach (var name in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                if (!name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
                    from.Remove(name);
        }
    }
}
