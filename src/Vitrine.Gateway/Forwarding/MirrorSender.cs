namespace Vitrine.Gateway.Forwarding;

/// <summary>Sends copies of requests. At most so many at a time: a slow mirror must not make the gateway slow.</summary>
internal sealed class MirrorSender(UpstreamClients clients, TimeProvider time)
{
    private const int AtOnce = 256;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);
    private int underWay;

    public long Sent { get; private set; }

    /// <param name="original">as it goes to the backend</param>
    /// <param name="upstream">where the copy goes</param>
    /// <param name="body">of the copy, or null for none</param>
    public void Send(OutgoingRequest original, UpstreamState upstream, byte[]? body)
    {
        if (Interlocked.Increment(ref underWay) > AtOnce || upstream.Pick([]) is not { } endpoint)
        {
            Interlocked.Decrement(ref underWay);
            return;
        }

        var copy = new HttpRequestMessage(new HttpMethod(original.Method), (Uri?)null)
        {
            Version = upstream.Config(false).Version!,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = body is null ? null : new ByteArrayContent(body),
        };
        OutgoingMessage.Fill(original, copy, endpoint.Prefix);
        _ = SendAsync(copy, upstream, endpoint);
    }

    private async Task SendAsync(HttpRequestMessage copy, UpstreamState upstream, EndpointState endpoint)
    {
        // A copy too many is left out.
        if (!endpoint.TryBegin(upstream.Upstream.MaxRequests))
            return;
        try
        {
            using var limit = new CancellationTokenSource(Limit, time);
            using var answer = await clients.Of(upstream.Upstream, null, false).SendAsync(copy, limit.Token).ConfigureAwait(false);
            await answer.Content.CopyToAsync(Stream.Null, limit.Token).ConfigureAwait(false);
            Sent++;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            // Nobody waits for a copy.
        }
        finally
        {
            endpoint.End();
            copy.Dispose();
            Interlocked.Decrement(ref underWay);
        }
    }
}
