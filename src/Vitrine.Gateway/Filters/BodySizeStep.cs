using Microsoft.AspNetCore.Http.Features;
using Vitrine.Gateway.Requests;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Filters;

internal sealed class BodySizeStep(BodySizeFilter filter) : FilterStep
{
    public override ValueTask<bool> AskAsync(Exchange exchange)
    {
        if (filter.Bytes <= 0)
            return ValueTask.FromResult(true);
        if (exchange.Http.Request.ContentLength > filter.Bytes)
            return exchange.RefuseAsync(413, $"the body is longer than {filter.Bytes} bytes");
        // A body of unknown length is cut off where it becomes too long.
        if (exchange.Http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = filter.Bytes;
        return ValueTask.FromResult(true);
    }
}
