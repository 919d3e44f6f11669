using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Vitrine.Gateway.Listening;
using Vitrine.Gateway.Serving;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Forwarding;

/// <summary>Carries TLS on unopened (TLSRoute): the server name in its greeting says where to.</summary>
internal sealed class PassthroughTunnel(Func<ServedPlan> current, TimeProvider time)
{
    private static readonly TimeSpan Connect = TimeSpan.FromSeconds(5);

    /// <summary>Until both sides have closed. Throws <see cref="IOException"/> where it goes nowhere.</summary>
    public async Task CarryAsync(PlannedListener planned, ConnectionContext client, TimeSpan greeting)
    {
        string name;
        using (var patience = new CancellationTokenSource(greeting, time))
            name = await ClientHello.ServerNameAsync(client.Transport.Input, patience.Token).ConfigureAwait(false);
        var plan = current();
        if (plan.Index.Find(planned.Name)?.Passthrough(name) is not { } route)
            throw new IOException($"no route takes TLS for {name}");
        var (upstream, endpoint) = (WeightedPick.Of(route.Backends)?.Upstream, default(EndpointState));
        var tried = new List<EndpointState>();
        while (upstream is not null && (endpoint = plan.Upstream(upstream)?.Pick(tried)) is not null && tried.Count < 3)
        {
            tried.Add(endpoint);
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                using var patience = new CancellationTokenSource(Connect, time);
                await socket.ConnectAsync(endpoint.Address, patience.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                endpoint.Refused(time);
                continue;
            }

            endpoint.Answered();
            endpoint.Begin();
            try
            {
                await ExchangeAsync(client, socket).ConfigureAwait(false);
            }
            finally
            {
                endpoint.End();
            }
            return;
        }
        throw new IOException($"no endpoint of {upstream ?? "a broken reference"} takes TLS for {name}");
    }

    // A side that is done sending is told to the other; the answer may still be under way.
    private static async Task ExchangeAsync(ConnectionContext client, Socket backend)
    {
        await using var stream = new NetworkStream(backend, ownsSocket: false);
        var there = ThereAsync(client.Transport.Input, stream, backend);
        var back = stream.CopyToAsync(client.Transport.Output);
        if (await Task.WhenAny(there, back).ConfigureAwait(false) is { IsCompletedSuccessfully: false })
            backend.Dispose();
        if (back.IsCompleted)
            await client.Transport.Output.CompleteAsync().ConfigureAwait(false);
        await Task.WhenAll(there, back).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task ThereAsync(PipeReader client, Stream stream, Socket backend)
    {
        await client.CopyToAsync(stream).ConfigureAwait(false);
        backend.Shutdown(SocketShutdown.Send);
    }
}
