using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Vitrine.Gateway.Requests;

namespace Vitrine.Gateway.Forwarding;

/// <summary>
/// What a backend is to be sent: the client's request without what was for us alone, with who asks, as the filters want it. How long its body is stands beside the
/// headers, so that no header can say something else.
/// </summary>
internal sealed class OutgoingRequest
{
    private readonly List<(string Name, string Value)> lines = [];

    public string Method { get; private set; } = "";

    /// <summary>Path and query.</summary>
    public string Target { get; private set; } = "";

    public string Host { get; private set; } = "";

    public bool HasBody { get; private set; }

    /// <summary>Of the body in bytes; null where only its end tells.</summary>
    public long? Length { get; private set; }

    /// <summary>The backend is asked whether it wants the body (RFC 9110 §10.1.1).</summary>
    public bool Expects { get; private set; }

    /// <summary>All but Host and what says how long the body is. A name may come more than once.</summary>
    public ReadOnlySpan<(string Name, string Value)> Lines => CollectionsMarshal.AsSpan(lines);

    public void Fill(Exchange exchange)
    {
        var (request, trusted) = (exchange.Http.Request, exchange.Trusted);
        Method = request.Method;
        Target = exchange.Path.Query.Length == 0 ? exchange.OutgoingPath : exchange.OutgoingPath + exchange.Path.Query;
        Host = exchange.OutgoingHost ?? request.Host.Value ?? "";
        HasBody = exchange.Http.Features[typeof(IHttpRequestBodyDetectionFeature)] is not IHttpRequestBodyDetectionFeature { CanHaveBody: false };
        Length = request.Headers.TransferEncoding.Count == 0 ? request.ContentLength : null;
        Expects = false;
        lines.Clear();
        foreach (var (name, values) in request.Headers)
        {
            if (HopByHop.Contains(name) || ForwardedHeaders.IsOurs(name, trusted))
                continue;
            // RFC 9113 §8.2.3: HTTP/2 may bring cookies in pieces, HTTP/1.1 has one line of them.
            if (values.Count > 1 && name.Equals("Cookie", StringComparison.OrdinalIgnoreCase))
                Add(name, string.Join("; ", values.AsEnumerable()));
            else
                foreach (var value in values)
                    Add(name, value ?? "");
        }
        // The one thing that TE may say in HTTP/2, and gRPC does (RFC 9113 §8.2.2).
        if (request.Headers.TE.Count > 0 && HttpProtocol.IsHttp2(request.Protocol) && request.Headers.TE.ToString().Contains("trailers", StringComparison.OrdinalIgnoreCase))
            lines.Add(("TE", "trailers"));
        ForwardedHeaders.RemoveNominated(request, this);
        ForwardedHeaders.Write(exchange, this);
    }

    public void Remove(string name)
    {
        Expects &= !name.Equals("Expect", StringComparison.OrdinalIgnoreCase);
        for (var i = lines.Count - 1; i >= 0; i--)
            if (lines[i].Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                lines.RemoveAt(i);
    }

    public void Set(string name, string value)
    {
        if (name.Equals("Host", StringComparison.OrdinalIgnoreCase))
        {
            Host = value;
            return;
        }
        Remove(name);
        Add(name, value);
    }

    public void Add(string name, string value)
    {
        if (name.Equals("Host", StringComparison.OrdinalIgnoreCase) || HopByHop.IsFraming(name) || name.StartsWith(':'))
            return;
        Expects |= name.Equals("Expect", StringComparison.OrdinalIgnoreCase) && value.Equals("100-continue", StringComparison.OrdinalIgnoreCase);
        lines.Add((name, value));
    }
}
