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

namespace Vitrine.Gateway.Requests;

/// <summary>One request and all that is decided about it; kept with its connection and used again for the next.</summary>
internal sealed class Exchange(MirrorSender mirror) : IRequestValues
{
    private readonly OutgoingRequest outgoing = new();
    private readonly ClientAddress client = new();
    private string? lastTarget;
    private bool prepared;

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

    /// <summary>Tries that came to nothing.</summary>
    public int Failures { get; set; }

    /// <summary>Some endpoint had as many requests as it may have.</summary>
    public bool Full { get; set; }

    /// <summary>Of the affinity cookie to be set with the answer.</summary>
    public string? NewCookie { get; set; }

    public bool Trusted => client.IsTrusted(this);

    public IPAddress Client => client.Of(this);

    public string ClientText => Trusted ? Client.ToString() : Arrival.PeerText;

    /// <summary>As the client sees it: a trusted hop may have ended its TLS.</summary>
    public string Scheme => Trusted && Http.Request.Headers["X-Forwarded-Proto"].ToString() is ("http" or "https") and var said ? said : Http.Request.Scheme;

    public string PortText => Arrival.Listener.Port switch { 80 => "80", 443 => "443", var p => p.ToString(CultureInfo.InvariantCulture) };

    public bool IsGrpc => Http.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;

    // Features are looked for only where the request has what they need.
    public bool IsUpgrade =>
        Http.Request.Headers.Upgrade.Count > 0 && Http.Features[typeof(IHttpUpgradeFeature)] is IHttpUpgradeFeature { IsUpgradableRequest: true }
        || HttpMethods.IsConnect(Http.Request.Method) && Http.Features[typeof(IHttpExtendedConnectFeature)] is IHttpExtendedConnectFeature { IsExtendedConnect: true };

    /// <summary>May be sent anew where nobody knows what became of it (RFC 9110 §9.2.2).</summary>
    public bool IsRepeatable
    {
        get
        {
            var method = Http.Request.Method;
            return !IsUpgrade
                && (HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsPut(method) || HttpMethods.IsDelete(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method))
                && (Http.Request.ContentLength == 0 || Http.Features[typeof(IHttpRequestBodyDetectionFeature)] is IHttpRequestBodyDetectionFeature { CanHaveBody: false });
        }
    }

    public void Begin(DefaultHttpContext http, ServedPlan plan, long now)
    {
        (Http, Plan, Began) = (http, plan, now);
        // Of the connection, as this object is. Features are asked for by type: Get<T> is a lookup of its own where code is compiled ahead of time.
        Arrival ??= (Arrival)http.Features[typeof(Arrival)]!;
        (Rule, Backend, Upstream, Endpoint, Limit, NewCookie, OutgoingHost, Failures, Full) = (null, null, null, null, null, null, null, 0, false);
        prepared = false;
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
        Host = RequestHost.WithoutPort(Http.Request.Host.Value ?? "");
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

    /// <summary>What every backend that is tried is sent; copies go out with the first.</summary>
    public OutgoingRequest Outgoing
    {
        get
        {
            if (!prepared)
                Prepare();
            return outgoing;
        }
    }

    /// <summary>An answer of this status is as good as none while there is another try.</summary>
    public bool IsUnwanted(int status) => Rule!.Rule.Retry is { Codes.Length: > 0 } retry && Failures < retry.Attempts && retry.Codes.Contains(status) && IsRepeatable;

    /// <summary>The headers of a backend's answer are in the response: filters have their say.</summary>
    public void Answered()
    {
        foreach (var step in Rule!.Of(Backend!))
            step.Answered(this, Http.Response);
        foreach (var step in Rule.Filters)
            step.Answered(this, Http.Response);
        if (NewCookie is { } cookie)
            Http.Response.Headers.Append("Set-Cookie", cookie);
    }

    private void Prepare()
    {
        prepared = true;
        outgoing.Fill(this);
        foreach (var step in Rule!.Filters)
            step.Outgoing(this, outgoing);
        foreach (var step in Rule.Of(Backend!))
            step.Outgoing(this, outgoing);
        foreach (var (upstream, body) in Mirrors)
            mirror.Send(outgoing, upstream, body);
    }
}
