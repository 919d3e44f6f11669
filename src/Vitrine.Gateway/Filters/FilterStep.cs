using Microsoft.AspNetCore.Http;
using Vitrine.Gateway.Forwarding;
using Vitrine.Gateway.Requests;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Filters;

/// <summary>A filter of the plan, made ready. It is shared by all requests of its rule and keeps nothing of any of them.</summary>
internal abstract class FilterStep
{
    public static FilterStep Of(RouteFilter filter, RouteRule rule) => filter switch
    {
        AllowListFilter f => new AllowListStep(f),
        BasicAuthFilter f => new BasicAuthStep(f),
        BodySizeFilter f => new BodySizeStep(f),
        CorsFilter f => new CorsStep(f),
        HeaderFilter { OfResponse: true } f => new ResponseHeaderStep(f),
        HeaderFilter f => new RequestHeaderStep(f),
        MirrorFilter f => new MirrorStep(f),
        RedirectFilter f => new RedirectStep(f, rule.Match.Path),
        RewriteFilter f => new RewriteStep(f, rule.Match.Path),
        _ => throw new ArgumentOutOfRangeException(nameof(filter), filter.GetType().Name, null),
    };

    /// <summary>Before anything is sent. False: it has answered, and the request goes no further.</summary>
    public virtual ValueTask<bool> AskAsync(Exchange exchange) => ValueTask.FromResult(true);

    /// <summary>What a backend will be sent.</summary>
    public virtual void Outgoing(Exchange exchange, OutgoingRequest request)
    {
    }

    /// <summary>What a backend answered.</summary>
    public virtual void Answered(Exchange exchange, HttpResponse response)
    {
    }
}
