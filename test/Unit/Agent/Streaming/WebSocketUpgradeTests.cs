using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Vitrine.Agent.Streaming;
using Xunit;

namespace Vitrine.Unit.Agent.Streaming;

public sealed class WebSocketUpgradeTests
{
    [Theory]
    [InlineData("v5.channel.k8s.io")]
    [InlineData("SPDY/3.1+portforward.k8s.io")]
    public async Task Whatever_kubectl_calls_its_protocol_is_echoed(string protocol)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers.SecWebSocketProtocol = "other, " + protocol;
        // The example of RFC 6455 §1.3.
        http.Request.Headers.SecWebSocketKey = "dGhlIHNhbXBsZSBub25jZQ==";
        Assert.Contains(protocol, WebSocketUpgrade.Offered(http));
        using var socket = await WebSocketUpgrade.AcceptAsync(http, new Upgrade(), protocol);
        Assert.Equal(protocol, http.Response.Headers.SecWebSocketProtocol.ToString());
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", http.Response.Headers.SecWebSocketAccept.ToString());
        Assert.Equal(WebSocketState.Open, socket.State);
    }

    private sealed class Upgrade : IHttpUpgradeFeature
    {
        public bool IsUpgradableRequest => true;

        public Task<Stream> UpgradeAsync() => Task.FromResult<Stream>(new MemoryStream());
    }
}
