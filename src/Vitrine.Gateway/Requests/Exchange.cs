using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Vitrine.Gateway.Filters;
using Vitrine.Gateway.Forwarding;
using Vitrine.Gateway.Listening;
using Vitrine.Gateway.Serving;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Model.Plans.Gateway.Matching;
using Yarp.ReverseProxy.Forwarder;

namespace Vitrine.Gateway.Requests;

/// <summary>One request and all that is decided about it; kept with its connection and used again for the next.</summary>
internal sealed class Exchange(MirrorSender mirror) : HttpTransformer, IRequestValues
{
    private static readonly UriCreationOptions AsIs = new() { DangerousDisablePathAndQueryCanonicalization = true };
    private readonly ClientAddress client = new();
    private string? lastTarget;

    public DefaultHttpContext Http { get; private set; } = null!;

    public ServedPlan Plan { get; private set; } = null!;

    public Arrival Arrival { get; private set; } = null!;

    public RequestPath Path { get; private set; }

    public string Host { get; private set; } = "";

    public long Began { get; private set; }

    public ServedRule? Rule { get; set; }

    public WeightedBackend? Backend { get; set; }

    public UpstreamState? Upstream { get; set; }

    public EndpointState? Endpoint { get; set; }

    /// <summary>Endpoints that failed this request; also the number of tries so far.</summary>
    public List<EndpointState> Tried { get; } = [];

    /// <summary>Where copies go, each with the body it needs; sent with the first try.</summary>
    public List<(UpstreamState Upstream, byte[]? Body)> Mirrors { get; } = [];

    public string OutgoingPath { get; set; } = "";

    public string? OutgoingHost { get; set; }

    /// <summary>Limits the try that is under way; null without a limit.</summary>
    public CancellationTokenSource? Limit { get; set; }

    /// <summary>An answer of this status is as good as none while there is another try.</summary>
    public Func<int, bool>? Unwanted { get; set; }

    /// <summary>The last answer was thrown away, for another try.</summary>
    public bool ThrownAway { get; private set; }

    /// <summary>Of the affinity cookie to be set with the answer.</summary>
    public string? NewCookie { get; set; }

    public bool Trusted => client.IsTrusted(this);

    public IPAddress Client => client.Of(this);

    public string ClientText => Trusted ? Client.ToString() : Arrival.PeerText;

    /// <summary>As the client sees it: a trusted hop may have ended its TLS.</summary>
    public string Scheme => Trusted && Http.Request.Headers["X-Forwarded-Proto"].ToString() is ("http" or "https") and var said ? said : Http.Request.Scheme;

    public string PortText => Arrival.Listener.Port switch { 80 => "80", 443 => "443", var p => p.ToString(CultureInfo.InvariantCulture) };

    public bool IsGrpc => Http.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;

    public bool IsUpgrade => Http.Features[typeof(IHttpUpgradeFeature)] is IHttpUpgradeFeature { IsUpgradableRequest: true } || Http.Features[typeof(IHttpExtendedConnectFeature)] is IHttpExtendedConnectFeature { IsExtendedConnect: true };

    public void Begin(DefaultHttpContext http, ServedPlan plan, long now)
    {
        (Http, Plan, Began) = (http, plan, now);
        // Of the connection, as this object is. Features are asked for by type: Get<T> is a lookup of its own where code is compiled ahead of time.
        Arrival ??= (Arrival)http.Features[typeof(Arrival)]!;
        (Rule, Backend, Upstream, Endpoint, Limit, Unwanted, NewCookie, OutgoingHost) = (null, null, null, null, null, null, null, null);
        ThrownAway = false;
        Tried.Clear();
        Mirrors.Clear();
        client.Forget();
    }

    /// <summary>Reads target and host; false with the reason for what cannot be understood.</summary>
    public bool TryRead(out string? why)
    {
        why = null;
        var target = ((IHttpRequestFeature)Http.Features[typeof(IHttpRequestFeature)]!).RawTarget;
        if (!ReferenceEquals(target, lastTarget))
        {
            lastTarget = null;
            if (!RequestPath.TryParse(target, out var path, out why))
                return false;
            (Path, lastTarget) = (path, target);
        }

        OutgoingPath = Path.Encoded;
        var host = Http.Request.Host.Value ?? "";
        var colon = host.LastIndexOf(':');
        if (colon >= 0 && host.IndexOf(']', colon) < 0)
            host = host[..colon];
        Host = host;
        return true;
    }

    public string? Header(string name) => Http.Request.Headers.TryGetValue(name, out var values) ? values.ToString() : null;

    public string? Query(string name) => Http.Request.Query.TryGetValue(name, out var values) ? values[0] : null;

    public string? Cookie(string name)
    {
        foreach (var line in Http.Request.Headers.Cookie)
            foreach (var part in (line ?? "").Split(';', StringSplitOptions.TrimEntries))
                if (part.Length > name.Length && part[name.Length] == '=' && part.StartsWith(name, StringComparison.Ordinal))
                    return part[(name.Length + 1)..];
        return null;
    }

    /// <summary>Answers with a line of text; false, for filters.</summary>
    public async ValueTask<bool> RefuseAsync(int status, string why)
    {
        Http.Response.StatusCode = status;
        Http.Response.ContentType = "text/plain; charset=utf-8";
        if (!HttpMethods.IsHead(Http.Request.Method))
            await Http.Response.WriteAsync($"{status} {why}\n").ConfigureAwait(false);
        return false;
    }

    /// <summary>Answers without a body; false, for filters.</summary>
    public ValueTask<bool> AnswerAsync(int status)
    {
        Http.Response.StatusCode = status;
        if (status != 204)
            Http.Response.ContentLength = 0;
        return ValueTask.FromResult(false);
    }

    public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken).ConfigureAwait(false);
        proxyRequest.RequestUri = new Uri(string.Concat(destinationPrefix, OutgoingPath, Path.Query), AsIs);
        ForwardedHeaders.RemoveNominated(Http.Request, proxyRequest);
        ForwardedHeaders.Write(this, proxyRequest);
        proxyRequest.Headers.Host = OutgoingHost ?? Http.Request.Host.Value;
        foreach (var step in Rule!.Filters)
            step.Outgoing(this, proxyRequest);
        foreach (var step in Rule.Of(Backend!))
            step.Outgoing(this, proxyRequest);
        foreach (var (upstream, body) in Mirrors)
            mirror.Send(proxyRequest, upstream, body);
        Mirrors.Clear();
    }

    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        ThrownAway = proxyResponse is not null && Unwanted?.Invoke((int)proxyResponse.StatusCode) == true;
        if (ThrownAway || proxyResponse is null)
            return false;
        // What has become another protocol has no end that a limit could wait for.
        if (proxyResponse.StatusCode == HttpStatusCode.SwitchingProtocols || IsUpgrade && (int)proxyResponse.StatusCode == 200)
            Limit?.CancelAfter(Timeout.InfiniteTimeSpan);
        await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken).ConfigureAwait(false);
        foreach (var step in Rule!.Of(Backend!))
            step.Answered(this, Http.Response);
        foreach (var step in Rule.Filters)
            step.Answered(this, Http.Response);
        if (NewCookie is { } cookie)
            Http.Response.Headers.Append("Set-Cookie", cookie);
        return true;
    }
}
