using System.Buffers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Vitrine.Gateway.Requests;
using Vitrine.Gateway.Telemetry;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Forwarding.Http1;

/// <summary>
/// One try of a plain request at a backend that speaks HTTP/1.1 without TLS, from one buffer to the other:
/// <code>
/// 1 kept or new connection ─► 2 head and body to the backend ─► 3 its head ─► 4 the client's response ─► 5 body ─► 6 the connection is kept
/// </code>
/// </summary>
internal sealed class Http1Forwarder(ConnectionPools pools, GatewayMeter meter, TimeProvider time)
{
    private const int UsualHead = 2 << 10;

    /// <summary>A backend that never gets to its answer says nothing by saying it often.</summary>
    private const int MostInterim = 32;

    /// <summary>How long a body waits for the backend to ask for it (RFC 9110 §10.1.1), as HttpClient does.</summary>
    private static readonly TimeSpan Continue = TimeSpan.FromSeconds(1);

    private static readonly Action<object?> Abort = static connection => ((BackendConnection)connection!).Abort();

    /// <summary>For others there is YARP's forwarder.</summary>
    public static bool Knows(Exchange exchange, UpstreamState upstream) =>
        upstream.Upstream.Protocol == UpstreamProtocol.Http && !exchange.IsUpgrade && !exchange.IsGrpc && !HttpMethods.IsConnect(exchange.Http.Request.Method);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<TryResult> SendAsync(Exchange exchange, EndpointState endpoint)
    {
        meter.TriedPlainly();
        var pool = pools.Of(endpoint.Address);
        var connection = pool.Take();
        while (true)
        {
            // 1
            try
            {
                connection ??= await ConnectAsync(exchange, pool).ConfigureAwait(false);
            }
            catch (Exception e) when (e is ConnectFailure or OperationCanceledException)
            {
                return new TryResult(e is ConnectFailure ? TryEnd.Unsent : TryEnd.Broken, e);
            }
            var result = await CarryAsync(exchange, connection, pool).ConfigureAwait(false);
            // A kept connection may have been closed at the other end just before: that says nothing about the backend.
            var stale = connection is { WasUsed: true, HasSpoken: false } && (result.End == TryEnd.Unsent || result.End == TryEnd.Broken && exchange.IsRepeatable);
            if (!stale)
                return result;
            connection = null;
        }
    }

    private static async ValueTask<BackendConnection> ConnectAsync(Exchange exchange, ConnectionPool pool)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(exchange.Http.RequestAborted, exchange.Limit?.Token ?? default);
        return await pool.ConnectAsync(exchange.Rule!.Rule.Timeouts.Connect, both.Token).ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TryResult> CarryAsync(Exchange exchange, BackendConnection connection, ConnectionPool pool)
    {
        var (http, head, outgoing) = (exchange.Http, connection.Head, exchange.Outgoing);
        var gone = http.RequestAborted.UnsafeRegister(Abort, connection);
        var late = exchange.Limit?.Token.UnsafeRegister(Abort, connection) ?? default;
        var body = outgoing.HasBody ? new RequestBody(http.Request.BodyReader, outgoing.Length, connection) : null;
        Task? copying = null;
        Task<int>? early = null;
        var (sent, good) = (false, false);
        TryResult result;
        var buffer = ArrayPool<byte>.Shared.Rent(body is null ? UsualHead : RequestBody.Piece);
        try
        {
            // 2
            var length = RequestHead.Write(outgoing, ref buffer);
            if (body is not null && !outgoing.Expects)
            {
                copying = body.SendAsync(buffer, length);
            }
            else
            {
                await connection.SendAsync(buffer.AsMemory(0, length)).ConfigureAwait(false);
                if (body is not null && !(early = await WaitAsync(connection).ConfigureAwait(false)).IsCompleted)
                    copying = body.SendAsync(buffer, 0);
            }
            sent = true;

            // 3
            head.Clear();
            for (var interim = 0; ; interim++)
            {
                while (!head.TryRead(connection.Bytes))
                {
                    var came = await (early is null ? connection.ReceiveAsync() : new ValueTask<int>(early)).ConfigureAwait(false);
                    early = null;
                    if (came <= 0)
                        throw new IOException(connection.HasSpoken ? "the backend broke off within its headers" : "the backend closed without an answer");
                }
                if (head.Status >= 200)
                    break;
                if (head.Status == 101 || interim == MostInterim)
                    throw new BadAnswer("the backend changes the protocol unasked, or never comes to its answer");
                connection.Consume(head.Length);
                head.Clear();
                copying ??= body?.SendAsync(buffer, 0);
            }

            if (exchange.IsUnwanted(head.Status))
            {
                result = new TryResult(TryEnd.ThrownAway);
            }
            else
            {
                // 4
                Tell(exchange, connection);
                connection.Consume(head.Length);

                // 5
                var bare = head.ContentLength == 0 || head.Status is 204 or 304 || HttpMethods.IsHead(outgoing.Method);
                if (!bare)
                {
                    await http.Response.StartAsync().ConfigureAwait(false);
                    await ResponseBody.CopyAsync(connection, http).ConfigureAwait(false);
                }
                good = head.KeepsOpen && (bare || head.Chunked || head.ContentLength is not null) && body?.IsDone != false;
                result = new TryResult(TryEnd.Answered);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            var end = e is BadHttpRequestException ? TryEnd.ClientBroke : sent || exchange.Limit?.IsCancellationRequested == true ? TryEnd.Broken : TryEnd.Unsent;
            result = new TryResult(end, e);
            // What has begun must not look as if it had come to its end.
            if (http.Response.HasStarted)
                http.Abort();
        }
        // 6
        gone.Dispose();
        late.Dispose();
        if (good)
            pool.Keep(connection);
        else
            connection.End();
        if (copying is { IsCompleted: false })
        {
            // A body whose last piece is with the backend ends by itself.
            if (!good)
                http.Request.BodyReader.CancelPendingRead();
            await copying.ConfigureAwait(false);
        }
        ArrayPool<byte>.Shared.Return(buffer);
        return body?.Failure is { } failure && result.End != TryEnd.Answered ? new TryResult(TryEnd.ClientBroke, failure, 400) : result;
    }

    // A body that the backend is asked about waits until it says something, or for a while.
    private async ValueTask<Task<int>> WaitAsync(BackendConnection connection)
    {
        var answer = connection.ReceiveAsync().AsTask();
        await Task.WhenAny(answer, Task.Delay(Continue, time)).ConfigureAwait(false);
        return answer;
    }

    private static void Tell(Exchange exchange, BackendConnection connection)
    {
        var (head, response) = (connection.Head, exchange.Http.Response);
        var bytes = connection.Bytes;
        response.StatusCode = head.Status;
        var reason = bytes[head.Reason];
        if (!Ascii.Equals(reason, ReasonPhrases.GetReasonPhrase(head.Status)))
            exchange.Http.Features.Get<IHttpResponseFeature>()!.ReasonPhrase = Encoding.Latin1.GetString(reason);
        for (var i = 0; i < head.Lines.Length; i++)
        {
            var field = connection.Fields.Of(i, bytes, head.Lines[i]);
            if (field.Stays || head.Nominates && head.IsNominated(bytes, head.Lines[i]))
                continue;
            var before = response.Headers[field.Name];
            response.Headers[field.Name] = before.Count == 0 ? field.Value : StringValues.Concat(before, field.Value);
        }
        // RFC 9110 §8.6: none with 204.
        if (head is { ContentLength: { } length, Status: not 204 })
            response.ContentLength = length;
        exchange.Answered();
    }
}
