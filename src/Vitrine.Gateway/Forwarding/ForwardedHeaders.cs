using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Vitrine.Gateway.Requests;

namespace Vitrine.Gateway.Forwarding;

/// <summary>Who asks, as the backend is told: X-Forwarded-*, X-Real-IP. What a client says of itself is believed only if the plan trusts its address.</summary>
internal static class ForwardedHeaders
{
    private static readonly string[] Ours = ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Real-IP", "Forwarded"];

    public static void Write(Exchange exchange, HttpRequestMessage message)
    {
        var (request, arrival) = (exchange.Http.Request, exchange.Arrival);
        if (!exchange.Trusted)
        {
            // Most clients say nothing of the kind, and to ask what they sent is cheaper than to search what is to be sent.
            foreach (var name in Ours)
                if (request.Headers.ContainsKey(name))
                    OutgoingHeaders.Remove(message, name);
            RemoveLookalikes(request.Headers, message);
            message.Headers.TryAddWithoutValidation("X-Forwarded-For", arrival.PeerText);
            message.Headers.TryAddWithoutValidation("X-Forwarded-Host", request.Host.Value);
            message.Headers.TryAddWithoutValidation("X-Forwarded-Port", exchange.PortText);
        }
        else
        {
            var before = request.Headers["X-Forwarded-For"];
            OutgoingHeaders.Set(message, "X-Forwarded-For", StringValues.IsNullOrEmpty(before) ? arrival.PeerText : $"{before}, {arrival.PeerText}");
            if (!request.Headers.ContainsKey("X-Forwarded-Host"))
                message.Headers.TryAddWithoutValidation("X-Forwarded-Host", request.Host.Value);
            if (!request.Headers.ContainsKey("X-Forwarded-Port"))
                message.Headers.TryAddWithoutValidation("X-Forwarded-Port", exchange.PortText);
            OutgoingHeaders.Remove(message, "X-Forwarded-Proto");
            OutgoingHeaders.Remove(message, "X-Real-IP");
        }
        message.Headers.TryAddWithoutValidation("X-Forwarded-Proto", exchange.Scheme);
        message.Headers.TryAddWithoutValidation("X-Real-IP", exchange.ClientText);
    }

    /// <summary>Headers that the client declared to be of this connection alone (RFC 9110 §7.6.1). Before ours are written, so that none of ours can be declared away.</summary>
    public static void RemoveNominated(HttpRequest request, HttpRequestMessage message)
    {
        foreach (var value in request.Headers.Connection)
        {
            if (value is null or "keep-alive" or "close" or "Upgrade" or "upgrade")
                continue;
            foreach (var name in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                if (!name.Equals("Host", StringComparison.OrdinalIgnoreCase) && !name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
                    OutgoingHeaders.Remove(message, name);
        }
    }

    // CGI and its heirs read X_Forwarded_For and X-Forwarded-For as the same name.
    private static void RemoveLookalikes(IHeaderDictionary headers, HttpRequestMessage message)
    {
        foreach (var header in headers)
            if (header.Key.Contains('_') && Array.Exists(Ours, o => o.Equals(header.Key.Replace('_', '-'), StringComparison.OrdinalIgnoreCase)))
                OutgoingHeaders.Remove(message, header.Key);
    }
}
