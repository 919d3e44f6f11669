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
    public void Send(HttpRequestMessage original, UpstreamState upstream, byte[]? body)
    {
        if (Interlocked.Increment(ref underWay) > AtOnce || upstream.Pick([]) is not { } endpoint)
        {
            Interlocked.Decrement(ref underWay);
            return;
        }

        var copy = new HttpRequestMessage(original.Method, new Uri(endpoint.Prefix + original.RequestUri!.PathAndQuery, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))
        {
            Version = upstream.Config(false).Version!,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = body is null ? null : new ByteArrayContent(body),
        };
        foreach (var header in original.Headers.NonValidated)
            copy.Headers.TryAddWithoutValidation(header.Key, header.Value);
        if (body is not null)
            foreach (var header in original.Content?.Headers.NonValidated ?? default)
                copy.Content!.Headers.TryAddWithoutValidation(header.Key, header.Value);
        _ = SendAsync(copy, upstream, endpoint);
    }

    private async Task SendAsync(HttpRequestMessage copy, UpstreamState upstream, EndpointState endpoint)
    {
        endpoint.Begin();
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
