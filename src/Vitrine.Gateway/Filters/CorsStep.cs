using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Vitrine.Gateway.Requests;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Filters;

/// <summary>The server's side of the CORS protocol (Fetch standard, §3.3). The backend's own answer to it is replaced.</summary>
internal sealed class CorsStep(CorsFilter filter) : FilterStep
{
    public override async ValueTask<bool> AskAsync(Exchange exchange)
    {
        var (request, response) = (exchange.Http.Request, exchange.Http.Response);
        if (!HttpMethods.IsOptions(request.Method) || StringValues.IsNullOrEmpty(request.Headers.Origin) || StringValues.IsNullOrEmpty(request.Headers.AccessControlRequestMethod))
            return true;
        if (Write(request, response.Headers))
        {
            Set(response.Headers, "Access-Control-Allow-Methods", filter.Methods, request.Headers.AccessControlRequestMethod);
            Set(response.Headers, "Access-Control-Allow-Headers", filter.AllowHeaders, request.Headers.AccessControlRequestHeaders);
            response.Headers.AccessControlMaxAge = $"{filter.MaxAgeSeconds}";
        }
        return await exchange.AnswerAsync(204).ConfigureAwait(false);
    }

    public override void Answered(Exchange exchange, HttpResponse response)
    {
        if (StringValues.IsNullOrEmpty(exchange.Http.Request.Headers.Origin))
            return;
        response.Headers.Remove("Access-Control-Allow-Origin");
        response.Headers.Remove("Access-Control-Allow-Credentials");
        response.Headers.Remove("Access-Control-Expose-Headers");
        if (Write(exchange.Http.Request, response.Headers))
            Set(response.Headers, "Access-Control-Expose-Headers", filter.ExposeHeaders, default);
    }

    private bool Write(HttpRequest request, IHeaderDictionary headers)
    {
        var origin = request.Headers.Origin.ToString();
        if (!filter.Origins.Any(o => Fits(o, origin)))
            return false;
        // With credentials a star means nothing to browsers; the origin itself does, and caches must know.
        var any = filter.Origins.Contains("*") && !filter.Credentials;
        headers.AccessControlAllowOrigin = any ? "*" : origin;
        if (!any)
            headers.Append("Vary", "Origin");
        if (filter.Credentials)
            headers.AccessControlAllowCredentials = "true";
        return true;
    }

    // Stars of methods and headers are spelled out where credentials make them mean nothing.
    private void Set(IHeaderDictionary headers, string name, IEnumerable<string> values, StringValues asked)
    {
        var text = string.Join(", ", values);
        if (text == "*" && filter.Credentials)
            text = asked.ToString();
        if (text.Length > 0)
            headers[name] = text;
    }

    internal static bool Fits(string pattern, string origin)
    {
        if (pattern == "*")
            return true;
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        if (star < 0)
            return string.Equals(pattern, origin, StringComparison.OrdinalIgnoreCase);
        var (left, right) = (pattern[..star], pattern[(star + 1)..]);
        return origin.Length > left.Length + right.Length && origin.StartsWith(left, StringComparison.OrdinalIgnoreCase) && origin.EndsWith(right, StringComparison.OrdinalIgnoreCase)
            && !origin.AsSpan(left.Length, origin.Length - left.Length - right.Length).Contains('/');
    }
}
