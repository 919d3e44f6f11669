using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Vitrine.Agent.Streaming;

/// <summary>A client that speaks SPDY/3.1 talks to containerd itself; the agent only carries the bytes.</summary>
internal static class SpdyTunnel
{
    public static async Task RunAsync(HttpContext http, IHttpUpgradeFeature upgrade, Uri url, CancellationToken ct)
    {
        var wanted = http.Request.Headers["X-Stream-Protocol-Version"].SelectMany(v => (v ?? "").Split(',')).Select(v => v.Trim()).Where(v => v.Length is > 0 and < 64 && v.All(c => char.IsAsciiLetterOrDigit(c) || c is '.'));
        using var runtime = await UpgradedConnection.OpenAsync(url, wanted, ct).ConfigureAwait(false);
        if (runtime.Status != 101)
        {
            throw new KubeletException(runtime.Status, $"the container runtime refused the stream with status {runtime.Status}");
        }

        http.Response.Headers.Upgrade = "SPDY/3.1";
        http.Response.Headers.Connection = "Upgrade";
        if (runtime.Headers.TryGetValue("X-Stream-Protocol-Version", out var protocol))
        {
            http.Response.Headers["X-Stream-Protocol-Version"] = protocol;
        }

        await using var client = await upgrade.UpgradeAsync().ConfigureAwait(false);
        await client.WriteAsync(runtime.Rest, ct).ConfigureAwait(false);
        await client.FlushAsync(ct).ConfigureAwait(false);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var up = UpAsync(client, runtime, ended.Token);
        try
        {
            await CopyAsync(runtime.Stream, client, ended.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Either side vanished: there is nobody left to tell.
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await up.ConfigureAwait(false);
        }
    }

    private static async Task UpAsync(Stream client, UpgradedConnection runtime, CancellationToken ct)
    {
        try
        {
            await CopyAsync(client, runtime.Stream, ct).ConfigureAwait(false);
            runtime.EndOfInput();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The other direction ends the tunnel.
        }
    }

    private static async Task CopyAsync(Stream from, Stream to, CancellationToken ct)
    {
        var buffer = new byte[32 << 10];
        while (await from.ReadAsync(buffer, ct).ConfigureAwait(false) is > 0 and var read)
        {
            await to.WriteAsync(buffer.AsMemory(0, read), ct).ConfigureAwait(false);
            await to.FlushAsync(ct).ConfigureAwait(false);
        }
    }
}
