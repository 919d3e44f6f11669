using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Vitrine.Gateway.Requests;
using Vitrine.Gateway.Serving;
using Vitrine.Model.Plans.Gateway;
using Yarp.ReverseProxy.Forwarder;

namespace Vitrine.Gateway.Forwarding;

/// <summary>
/// One request, at one endpoint after another until one answers. Tried again is what cannot be done twice by that: requests of which no byte was sent, and
/// idempotent ones without a body (RFC 9110 §9.2.2).
/// </summary>
internal sealed class BackendTries(Func<ServedPlan> current, IHttpForwarder forwarder, UpstreamClients clients, TimeProvider time)
{
    /// <summary>Without a word of the rule: two more endpoints for a refused connection, one more for a broken one.</summary>
    private const int UsualUnsent = 2, UsualSent = 1;

    public async ValueTask SendAsync(Exchange exchange, string key)
    {
        var (http, rule) = (exchange.Http, exchange.Rule!.Rule);
        var repeatable = IsRepeatable(exchange);
        var failed = 0;
        exchange.Upstream = exchange.Plan.Upstream(key);
        if (rule.Retry is { Codes.Length: > 0 } retry && repeatable)
            exchange.Unwanted = status => failed < retry.Attempts && retry.Codes.Contains(status);
        while (true)
        {
            if (exchange.Upstream is not { } upstream || Affinity.Next(exchange, upstream) is not { } endpoint)
            {
                await exchange.RefuseAsync(failed > 0 ? 502 : rule.Unavailable, "no endpoint of the backend can be reached").ConfigureAwait(false);
                return;
            }

            exchange.Endpoint = endpoint;
            if (exchange.Rule.Timed && !TryLimit(exchange))
            {
                await exchange.RefuseAsync(504, "the request took too long").ConfigureAwait(false);
                return;
            }

            endpoint.Begin();
            ForwarderError error;
            try
            {
                var secure = exchange.IsGrpc && upstream.Upstream.Protocol == UpstreamProtocol.Https;
                error = await forwarder.SendAsync(
                    http, secure ? endpoint.SecurePrefix : endpoint.Prefix, clients.Of(upstream.Upstream, rule.Timeouts.Connect, exchange.IsGrpc), upstream.Config(exchange.IsGrpc), exchange, exchange.Limit?.Token ?? default).ConfigureAwait(false);
            }
            finally
            {
                endpoint.End();
            }

            var late = exchange.Limit?.IsCancellationRequested == true;
            exchange.Limit?.Dispose();
            if (error == ForwarderError.None && !exchange.ThrownAway)
            {
                endpoint.Answered();
                return;
            }

            if (http.Response.HasStarted || http.RequestAborted.IsCancellationRequested)
                return;
            var exception = error == ForwarderError.None ? null : http.Features.Get<IForwarderErrorFeature>()?.Exception;
            var unsent = exception is HttpRequestException { InnerException: ConnectFailure } or HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError };
            if (unsent)
                endpoint.Refused(time);
            failed++;
            var more = unsent ? Math.Max(rule.Retry?.Attempts ?? 0, UsualUnsent) : repeatable ? rule.Retry?.Attempts ?? UsualSent : 0;
            if (failed > more || error is ForwarderError.RequestBodyClient or ForwarderError.RequestBodyCanceled || late && rule.Retry is null)
            {
                await GiveUpAsync(exchange, error, exception, late).ConfigureAwait(false);
                return;
            }

            // The last endpoint left is tried again only where the rule asks for retries.
            exchange.Tried.Add(endpoint);
            http.Response.Clear();
            if (rule.Retry is { } told)
            {
                if (exchange.Tried.Count >= upstream.Endpoints.Length)
                    exchange.Tried.Clear();
                if (told.Backoff > TimeSpan.Zero && !unsent)
                    await Task.Delay(told.Backoff, time, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            // What has changed meanwhile helps: a pod that ended is in the new plan no more.
            exchange.Upstream = current().Upstream(key) ?? upstream;
        }
    }

    private bool TryLimit(Exchange exchange)
    {
        var limits = exchange.Rule!.Rule.Timeouts;
        var left = limits.Request is { } all ? all - time.GetElapsedTime(exchange.Began) : (TimeSpan?)null;
        if (left <= TimeSpan.Zero)
            return false;
        var limit = limits.Backend is { } one && (left is null || one < left) ? one : left!.Value;
        exchange.Limit = new CancellationTokenSource(limit, time);
        return true;
    }

    private static async ValueTask GiveUpAsync(Exchange exchange, ForwarderError error, Exception? exception, bool late)
    {
        var status = late ? 504
            : exception is BadHttpRequestException bad ? bad.StatusCode
            : exception?.InnerException is ConnectFailure { Late: true } ? 504
            : exchange.Http.Response.StatusCode is >= 400 and var told ? told
            : 502;
        exchange.Http.Response.Clear();
        await exchange.RefuseAsync(status, status switch
        {
            504 => "the backend took too long",
            413 => "the body is too long",
            400 => "the request's body is broken",
            _ => error == ForwarderError.None ? "the backend failed" : "the backend cannot be reached or broke off",
        }).ConfigureAwait(false);
    }

    private static bool IsRepeatable(Exchange exchange)
    {
        var http = exchange.Http;
        var method = http.Request.Method;
        return !exchange.IsUpgrade
            && (HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsPut(method) || HttpMethods.IsDelete(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method))
            && (http.Request.ContentLength == 0 || http.Features[typeof(IHttpRequestBodyDetectionFeature)] is IHttpRequestBodyDetectionFeature { CanHaveBody: false });
    }
}
