using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Net.Http.Headers;

namespace Vitrine.Gateway.Serving;

/// <summary>What a client may ask of the proxy before it is let go; in the main nginx's defaults.</summary>
internal static class ServerLimits
{
    // RFC 9112 §2.2 lets a server take a lone LF for the end of a line; servers that differ in it read different requests.
    private const string OnlyWholeLineEnds = "Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators";

    public static void Set(KestrelServerOptions kestrel)
    {
        AppContext.SetSwitch(OnlyWholeLineEnds, true);
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        // Bytes of headers pass as they are.
        kestrel.RequestHeaderEncodingSelector = static name => name == HeaderNames.ContentLength ? DigitsEncoding.Instance : Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
        var limits = kestrel.Limits;
        // A rule's to say.
        limits.MaxRequestBodySize = null;
        limits.MaxRequestHeadersTotalSize = 32 << 10;
        limits.MaxRequestLineSize = 16 << 10;
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(75);
        // Slow senders of headers and bodies, slow readers of answers: slowloris and its kin.
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(20);
        limits.MinRequestBodyDataRate = new MinDataRate(100, TimeSpan.FromSeconds(30));
        limits.MinResponseDataRate = new MinDataRate(100, TimeSpan.FromSeconds(60));
        limits.Http2.MaxStreamsPerConnection = 128;
        limits.Http2.MaxRequestHeaderFieldSize = 16 << 10;
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(60);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
    }
}
