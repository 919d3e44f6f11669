using System.Net;
using Microsoft.AspNetCore.Http;
using Vitrine.Gateway.Requests;
using Vitrine.Model.Plans.Gateway;
using Yarp.ReverseProxy.Forwarder;

namespace Vitrine.Gateway.Forwarding;

/// <summary>One try by YARP's forwarder and HttpClient, which know all of HTTP: TLS to the backend, HTTP/2, gRPC, WebSocket.</summary>
internal sealed class YarpForwarder(IHttpForwarder forwarder, UpstreamClients clients)
{
    public async ValueTask<TryResult> SendAsync(Exchange exchange, UpstreamState upstream, EndpointState endpoint)
    {
        var (http, grpc) = (exchange.Http, exchange.IsGrpc);
        var prefix = grpc && upstream.Upstream.Protocol == UpstreamProtocol.Https ? endpoint.SecurePrefix : endpoint.Prefix;
        var client = clients.Of(upstream.Upstream, exchange.Rule!.Rule.Timeouts.Connect, grpc);
        var passage = new Passage(exchange);
        var error = await forwarder.SendAsync(http, prefix, client, upstream.Config(grpc), passage, exchange.Limit?.Token ?? default).ConfigureAwait(false);
        if (error == ForwarderError.None)
            return new TryResult(passage.ThrownAway ? TryEnd.ThrownAway : TryEnd.Answered);
        var why = http.Features.Get<IForwarderErrorFeature>()?.Exception;
        var unsent = why is HttpRequestException { InnerException: ConnectFailure } or HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError };
        var end = unsent ? TryEnd.Unsent : error is ForwarderError.RequestBodyClient or ForwarderError.RequestBodyCanceled ? TryEnd.ClientBroke : TryEnd.Broken;
        return new TryResult(end, why?.InnerException as ConnectFailure ?? why, http.Response.StatusCode is >= 400 and var told ? told : 0);
    }

    private sealed class Passage(Exchange exchange) : HttpTransformer
    {
        public bool ThrownAway { get; private set; }

        public override ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            OutgoingMessage.Fill(exchange.Outgoing, proxyRequest, destinationPrefix);
            return default;
        }

        public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
        {
            ThrownAway = proxyResponse is not null && exchange.IsUnwanted((int)proxyResponse.StatusCode);
            if (ThrownAway || proxyResponse is null)
                return false;
            // What has become another protocol has no end that a limit could wait for.
            if (proxyResponse.StatusCode == HttpStatusCode.SwitchingProtocols || exchange.IsUpgrade && (int)proxyResponse.StatusCode == 200)
                exchange.Limit?.CancelAfter(Timeout.InfiniteTimeSpan);
            await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken).ConfigureAwait(false);
            exchange.Answered();
            return true;
        }
    }
}
