using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Vitrine.Gateway.Forwarding;
using Vitrine.Gateway.Serving;
using Vitrine.Gateway.Telemetry;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Model.Plans.Gateway.Matching;

namespace Vitrine.Gateway.Requests;

/// <summary>
/// Takes a request from its listener to its backend:
/// <code>
/// 1 read target and host ─► 2 the rule that takes it ─► 3 the name TLS was opened for ─► 4 filters ─► 5 backend by weight or affinity ─► 6 BackendTries
/// </code>
/// </summary>
internal sealed class Courier(Func<ServedPlan> current, BackendTries tries, GatewayMeter meter, AccessLog log, TimeProvider time)
{
    private readonly ConditionalWeakTable<RouteRule, ServedRule> rules = [];

    public async Task CarryAsync(DefaultHttpContext http, Exchange exchange)
    {
        exchange.Begin(http, current(), time.GetTimestamp());
        meter.Began();
        try
        {
            await CarryAsync(exchange).ConfigureAwait(false);
        }
        finally
        {
            var took = time.GetElapsedTime(exchange.Began);
            // The client left before there was an answer: nginx's 499.
            var status = !http.Response.HasStarted && http.RequestAborted.IsCancellationRequested ? 499 : http.Response.StatusCode;
            meter.Ended(exchange.Rule?.Owner ?? "", exchange.Upstream?.Upstream.Key ?? "", status, took);
            log.Write(exchange, status, took);
        }
    }

    // Not asynchronous itself: a request that no filter holds up costs no state machine here.
    private ValueTask CarryAsync(Exchange exchange)
    {
        // 1
        if (!exchange.TryRead(out var why))
            return EndAsync(exchange.RefuseAsync(400, why!));

        // RFC 9113 §8.2.2: HTTP/2 has framing of its own, and a request that brings another is malformed.
        if (exchange.Http.Request.Headers.TransferEncoding.Count > 0 && !exchange.Http.Request.Protocol.StartsWith("HTTP/1", StringComparison.Ordinal))
            return EndAsync(exchange.RefuseAsync(400, "Transfer-Encoding has no place in HTTP/2"));

        // 2
        var listener = exchange.Plan.Index.Find(exchange.Arrival.Listener.Name);
        var chosen = listener?.Choose(new RequestShape(exchange.Host, exchange.Path.Decoded, exchange.Http.Request.Method, exchange)) ?? default;

        // 3
        if (IsMisdirected(exchange, listener))
            return EndAsync(exchange.RefuseAsync(421, "this connection was opened for another name"));
        if (chosen.Rule is not { } rule)
            return EndAsync(exchange.RefuseAsync(404, "no rule takes this request"));

        var served = exchange.Rule = rules.TryGetValue(rule, out var known) ? known : rules.GetValue(rule, static r => new ServedRule(r));
        LiftLimits(exchange);
        return served.IsPlain ? tries.SendAsync(exchange, (exchange.Backend = rule.Backends[0]).Upstream!) : FilterAsync(exchange, served);
    }

    private async ValueTask FilterAsync(Exchange exchange, ServedRule served)
    {
        // 4
        foreach (var step in served.Filters)
            if (!await step.AskAsync(exchange).ConfigureAwait(false))
                return;

        // 5
        if (!Affinity.TryChoose(exchange))
            exchange.Backend = WeightedPick.Of(served.Rule.Backends);
        if (exchange.Backend is not { Upstream: { } key } backend)
        {
            // The Gateway API says 500 of a broken reference; ingress-nginx, and so our Ingresses, 503.
            await exchange.RefuseAsync(served.Rule.Source.Kind == "Ingress" ? served.Rule.Unavailable : 500, "the rule has no backend for this request").ConfigureAwait(false);
            return;
        }

        foreach (var step in served.Of(backend))
            if (!await step.AskAsync(exchange).ConfigureAwait(false))
                return;

        // 6
        await tries.SendAsync(exchange, key).ConfigureAwait(false);
    }

    private static async ValueTask EndAsync(ValueTask<bool> answer) => await answer.ConfigureAwait(false);

    // RFC 9110 §7.4: a browser may reuse a connection for every name of the certificate it was shown; for others it is told to open its own.
    private static bool IsMisdirected(Exchange exchange, ListenerIndex? listener) =>
        exchange.Arrival is { ServerName: { } name, Shown: { } shown } && !name.Equals(exchange.Host.TrimEnd('.'), StringComparison.OrdinalIgnoreCase)
        && listener?.Certificate(exchange.Host.TrimEnd('.'))?.Secret != shown.Secret;

    // A stream of messages may rest for as long as its ends like.
    private static void LiftLimits(Exchange exchange)
    {
        if (exchange.IsGrpc && exchange.Http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
    }
}
