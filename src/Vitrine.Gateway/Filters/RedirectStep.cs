using Vitrine.Gateway.Requests;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Filters;

/// <summary>HTTPRequestRedirectFilter (Gateway API) and ingress-nginx's ssl-redirect.</summary>
internal sealed class RedirectStep(RedirectFilter filter, PathMatch match) : FilterStep
{
    private readonly PathChange? change = filter.Path is { } p ? new PathChange(p, match) : null;

    public override ValueTask<bool> AskAsync(Exchange exchange)
    {
        if (filter.OnlyPlain && exchange.Scheme == "https")
            return ValueTask.FromResult(true);
        var scheme = filter.Scheme ?? exchange.Scheme;
        // Without a port: the scheme's own where one is named, else the one the client came by.
        var port = filter.Port ?? (filter.Scheme is not null ? Usual(scheme) : exchange.Arrival.Listener.Port);
        var host = filter.Host ?? exchange.Host;
        var path = change is null ? exchange.Path.Encoded : RequestPath.Encode(change.Of(exchange.Path.Decoded));
        exchange.Http.Response.Headers.Location = $"{scheme}://{host}{(port == Usual(scheme) ? "" : $":{port}")}{path}{exchange.Path.Query}";
        return exchange.AnswerAsync(filter.Status);
    }

    private static int Usual(string scheme) => scheme == "https" ? 443 : 80;
}
