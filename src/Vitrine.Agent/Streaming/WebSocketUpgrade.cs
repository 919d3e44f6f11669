using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Vitrine.Agent.Streaming;

/// <summary>The server's half of a WebSocket handshake (RFC 6455 §4.2).</summary>
internal static class WebSocketUpgrade
{
    // RFC 6455 §1.3.
    private const string Key = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>The subprotocols the client knows, preferred first.</summary>
    public static List<string> Offered(HttpContext http) =>
        [.. http.Request.Headers.SecWebSocketProtocol.SelectMany(v => (v ?? "").Split(',')).Select(v => v.Trim())];

    public static bool Asked(HttpContext http) => string.Equals(http.Request.Headers.Upgrade.ToString(), "websocket", StringComparison.OrdinalIgnoreCase);

    public static async Task<WebSocket> AcceptAsync(HttpContext http, IHttpUpgradeFeature upgrade, string protocol)
    {
        http.Response.Headers.Upgrade = "websocket";
        http.Response.Headers.Connection = "Upgrade";
        http.Response.Headers.SecWebSocketProtocol = protocol;
        // SHA-1 is what the RFC prescribes for this echo; nothing is protected by it.
#pragma warning disable CA5350
        http.Response.Headers.SecWebSocketAccept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(http.Request.Headers.SecWebSocketKey + Key)));
#pragma warning restore CA5350
        var client = await upgrade.UpgradeAsync().ConfigureAwait(false);
        // .NET takes no SubProtocol with a slash, which RFC 2616 tokens do not have and SPDY/3.1+portforward.k8s.io does; it only remembers it anyway.
        return WebSocket.CreateFromStream(client, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = TimeSpan.FromSeconds(30) });
    }
}
