using System.Collections.Immutable;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Feed;

/// <summary>
/// The proxy's end of the feed: a Unix socket of its owner's alone. When the agent goes away, nothing happens; when another comes, it sends its whole plan
/// and is the one that counts.
/// </summary>
internal sealed partial class PlanReceiver(string path, Func<GatewayPlan, CancellationToken, Task<ImmutableArray<string>>> apply, ILogger logger)
{
    private readonly SemaphoreSlim turn = new(1);
    private long latest;

    public async Task RunAsync(CancellationToken ct)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        File.Delete(path);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        // Before it listens, nobody can connect.
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        listener.Listen(4);
        try
        {
            while (true)
            {
                var agent = await listener.AcceptAsync(ct).ConfigureAwait(false);
                _ = ServeAsync(agent, ++latest, ct);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    private async Task ServeAsync(Socket agent, long number, CancellationToken ct)
    {
        try
        {
            await using var stream = new NetworkStream(agent, ownsSocket: true);
            var plan = GatewayPlan.Empty;
            while (await FeedStream.ReadAsync(stream, FeedJson.Default.PlanPatch, ct).ConfigureAwait(false) is { } patch)
            {
                plan = patch.Apply(patch.Whole ? GatewayPlan.Empty : plan);
                await turn.WaitAsync(ct).ConfigureAwait(false);
                try
                {
                    if (number != latest)
                        return;
                    await FeedStream.WriteAsync(stream, new PlanAnswer(patch.Number, await apply(plan, ct).ConfigureAwait(false)), FeedJson.Default.PlanAnswer, ct).ConfigureAwait(false);
                }
                finally
                {
                    turn.Release();
                }
            }
            AgentGone(logger);
        }
        catch (Exception e) when (e is IOException or SocketException or FormatException or OperationCanceledException)
        {
            FeedBroken(logger, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "the agent has gone; requests are served by its last plan")]
    private static partial void AgentGone(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the agent's feed broke off: {Why}; requests are served by its last plan")]
    private static partial void FeedBroken(ILogger logger, string why);
}
