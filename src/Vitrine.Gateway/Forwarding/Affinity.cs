using Vitrine.Gateway.Requests;

namespace Vitrine.Gateway.Forwarding;

/// <summary>A client that came before goes where it went: by the cookie it was given, or by the value of a header it sends.</summary>
internal static class Affinity
{
    /// <summary>True: backend and endpoint are chosen by the client's cookie.</summary>
    public static bool TryChoose(Exchange exchange)
    {
        if (exchange.Rule!.Rule.Affinity?.Cookie is not { } name || exchange.Cookie(name) is not { } id)
            return false;
        foreach (var backend in exchange.Rule.Rule.Backends)
        {
            if (backend is not { Upstream: { } key, Weight: > 0 } || exchange.Plan.Upstream(key) is not { } upstream || upstream.WithId(id) is not { } endpoint)
                continue;
            (exchange.Backend, exchange.Endpoint) = (backend, endpoint);
            return true;
        }
        return false;
    }

    /// <summary>The endpoint for the next try; null where there is none.</summary>
    public static EndpointState? Next(Exchange exchange, UpstreamState upstream)
    {
        var affinity = exchange.Rule!.Rule.Affinity;
        var endpoint = exchange.Tried.Count == 0 ? exchange.Endpoint : null;
        if (endpoint is null && affinity?.Header is { } header && exchange.Header(header) is { } value)
            endpoint = upstream.For(value, exchange.Tried);
        var kept = endpoint is not null;
        endpoint ??= upstream.Pick(exchange.Tried);
        if (affinity?.Cookie is { } cookie && endpoint is not null)
            exchange.NewCookie = kept && affinity.Header is null ? null : Text(cookie, endpoint.Id, affinity.MaxAgeSeconds, affinity.Path, exchange.Scheme == "https");
        return endpoint;
    }

    private static string Text(string name, string id, int? age, string path, bool secure) =>
        $"{name}={id}; Path={path}{(age is { } seconds ? $"; Max-Age={seconds}" : "")}; HttpOnly{(secure ? "; Secure" : "")}";
}
