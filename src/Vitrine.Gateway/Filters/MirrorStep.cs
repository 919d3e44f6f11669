using Microsoft.AspNetCore.Http.Features;
using Vitrine.Gateway.Requests;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Filters;

/// <summary>HTTPRequestMirrorFilter (GEP-3171): a copy goes elsewhere, and whatever becomes of it concerns nobody. Bodies are copied up to a size.</summary>
internal sealed class MirrorStep(MirrorFilter filter) : FilterStep
{
    private const int LongestBody = 1 << 20;

    public override async ValueTask<bool> AskAsync(Exchange exchange)
    {
        if (filter.Numerator < filter.Denominator && Random.Shared.Next(filter.Denominator) >= filter.Numerator)
            return true;
        if (exchange.Plan.Upstream(filter.Upstream) is not { } upstream || exchange.IsUpgrade)
            return true;
        byte[]? body = null;
        var request = exchange.Http.Request;
        if (exchange.Http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != false && request.ContentLength != 0)
        {
            // Only what is known to be small is read ahead; a stream is no one's to hold up.
            if (request.ContentLength is not (> 0 and <= LongestBody and var length))
                return true;
            body = new byte[length];
            await request.Body.ReadExactlyAsync(body, exchange.Http.RequestAborted).ConfigureAwait(false);
            request.Body = new MemoryStream(body);
        }
        exchange.Mirrors.Add((upstream, body));
        return true;
    }
}
