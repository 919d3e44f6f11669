using System.Net;

namespace Vitrine.Gateway.Listening;

/// <summary>An entrance of Kestrel's that is no socket: accepted connections are handed to it, one entrance for each way to speak HTTP.</summary>
internal sealed class HandoffEndPoint(string name) : EndPoint
{
    public static readonly HandoffEndPoint Http1 = new("http1");
    public static readonly HandoffEndPoint Http2 = new("http2");
    public static readonly HandoffEndPoint Tls = new("tls");

    public override string ToString() => name;
}
