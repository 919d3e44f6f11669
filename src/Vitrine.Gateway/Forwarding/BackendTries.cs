using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Vitrine.Gateway.Forwarding.Http1;
using Vitrine.Gateway.Requests;
using Vitrine.Gateway.Serving;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Forwarding;

/// <summary>
/// One request, at one endpoint after another until one answers. Tried again is what cannot be done twice by that: requests of which no byte was sent, and
/// idempotent ones without a body (RFC 9110 §9.2.2).
/// </summary>
internal sealed class BackendTries(Func<ServedPlan> current, Http1Forwarder http1, YarpForwarder yarp, TimeProvider time)
{
    /// <summary>Without a word of the rule: two more endpoints for a refused connection, one more for a broken one.</summary>
    private const int UsualUnsent = 2, UsualSent = 1;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(Exchange exchange, string key)
    {
        var (http, rule) = (exchange.Http, exchange.Rule!.Rule);
        exchange.Upstream = exchange.Plan.Upstream(key);
        while (true)
        {
            if (exchange.Upstream is not { } upstream || Affinity.Next(exchange, upstream) is not { } endpoint)
            {
                if (exchange is { Full: true, Failures: 0 })
                {
                    http.Response.Headers.RetryAfter = "1";
                    await exchange.RefuseAsync(503, "every endpoint of the backend has as many requests as it may have").ConfigureAwait(false);
                }
                else
                    await exchange.RefuseAsync(exchange.Failures > 0 ? 502 : rule.Unavailable, "no endpoint of the backend can be reached").ConfigureAwait(false);
                return;
            }

            if (!endpoint.TryBegin(upstream.Upstream.MaxRequests))
            {
                exchange.Full = true;
                exchange.Tried.Add(endpoint);
                continue;
            }

            exchange.Endpoint = endpoint;
            if (exchange.Rule.Timed && !TryLimit(exchange))
            {
                endpoint.End();
                await exchange.RefuseAsync(504, "the request took too long").ConfigureAwait(false);
                return;
            }

            TryResult result;
            try
            {
                result = await (Http1Forwarder.Knows(exchange, upstream) ? http1.SendAsync(exchange, endpoint) : yarp.SendAsync(exchange, upstream, endpoint)).ConfigureAwait(false);
            }
            finally
            {
                endpoint.End();
            }

            var late = exchange.Limit?.IsCancellationRequested == true;
            exchange.Limit?.Dispose();
            if (result.End == TryEnd.Answered)
            {
                endpoint.Answered();
                return;
            }

            if (http.Response.HasStarted || http.RequestAborted.IsCancellationRequested)
                return;
            var unsent = result.End == TryEnd.Unsent;
            if (unsent)
                endpoint.Refused(time);
            exchange.Failures++;
            var more = unsent ? Math.Max(rule.Retry?.Attempts ?? 0, UsualUnsent) : exchange.IsRepeatable ? rule.Retry?.Attempts ?? UsualSent : 0;
            if (exchange.Failures > more || result.End == TryEnd.ClientBroke || late && rule.Retry is null)
            {
                await GiveUpAsync(exchange, result, late).ConfigureAwait(false);
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

    private static async ValueTask GiveUpAsync(Exchange exchange, TryResult result, bool late)
    {
        var status = late ? 504
            : result.Why is BadHttpRequestException bad ? bad.StatusCode
            : result.Why is ConnectFailure { Late: true } ? 504
            : result.Status >= 400 ? result.Status
            : 502;
        exchange.Http.Response.Clear();
        await exchange.RefuseAsync(status, status switch
        {
            504 => "the backend took too long",
            413 => "the body is too long",
            400 => "the request or its body is broken",
            _ => result.End == TryEnd.ThrownAway ? "the backend failed" : "the backend cannot be reached or broke off",
        }).ConfigureAwait(false);
    }
}
