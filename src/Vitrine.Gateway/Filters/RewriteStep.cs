using Vitrine.Gateway.Requests;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Filters;

/// <summary>HTTPURLRewriteFilter (Gateway API) and ingress-nginx's rewrite-target.</summary>
internal sealed class RewriteStep(RewriteFilter filter, PathMatch match) : FilterStep
{
    private readonly PathChange? change = filter.Path is { } p ? new PathChange(p, match) : null;

    public override ValueTask<bool> AskAsync(Exchange exchange)
    {
        exchange.OutgoingHost = filter.Host ?? exchange.OutgoingHost;
        if (change is null)
            return ValueTask.FromResult(true);
        // An expression may leave steps upwards that were none before ("/a(.*)" of "/a../b"): they are resolved here, not by the backend.
        if (!RequestPath.TryParse(RequestPath.Encode(change.Of(exchange.Path.Decoded)), out var path, out var why))
            return exchange.RefuseAsync(400, why);
        exchange.OutgoingPath = path.Encoded;
        return ValueTask.FromResult(true);
    }
}
