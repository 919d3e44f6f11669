using System.Threading.Channels;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Model.Watching;

namespace Vitrine.Gateway.Feed;

/// <summary>The plan a node's proxy serves by, in a <see cref="StateFile"/>, so that an agent and a proxy that both start while the API is away go on where those before them were.</summary>
public static class PlanFile
{
    /// <summary>Its name in a node's folder of volatile files.</summary>
    public const string Name = "gateway.plan";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Offers the plan that is there, once the API did not give one for a moment, and keeps each that is served; until cancelled.</summary>
    /// <param name="path">of the file</param>
    /// <param name="sender">of plans, which does not run yet</param>
    /// <param name="failed">hears why it could not be written</param>
    /// <param name="time">the clock</param>
    /// <param name="ct">ends it</param>
    public static Task KeepAsync(string path, PlanSender sender, Action<string> failed, TimeProvider time, CancellationToken ct)
    {
        // One place: it says that there is another.
        var served = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        sender.Applied += () => served.Writer.TryWrite(true);
        return Task.WhenAll(
            OfferAsync(path, sender, time, ct),
            StateRounds.RunAsync(end => served.Reader.ReadAsync(end).AsTask(), () => sender.Served is { } plan ? WriteAsync(path, plan, ct) : Task.CompletedTask, why => failed($"{path} is not kept: {why}"), time, ct));
    }

    internal static Task WriteAsync(string path, GatewayPlan plan, CancellationToken ct) =>
        StateFile.ReplaceAsync(path, file => FeedStream.WriteAsync(file, PlanPatch.Between(GatewayPlan.Empty, plan) with { Whole = true }, FeedJson.Default.PlanPatch, ct));

    /// <summary>Null where there is none, or none that can be read.</summary>
    internal static async Task<GatewayPlan?> ReadAsync(string path, CancellationToken ct)
    {
        try
        {
            await using var file = File.OpenRead(path);
            return (await FeedStream.ReadAsync(file, FeedJson.Default.PlanPatch, ct).ConfigureAwait(false))?.Apply(GatewayPlan.Empty);
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            return null;
        }
    }

    private static async Task OfferAsync(string path, PlanSender sender, TimeProvider time, CancellationToken ct)
    {
        if (await ReadAsync(path, ct).ConfigureAwait(false) is not { } earlier)
            return;
        await Task.Delay(Patience, time, ct).ConfigureAwait(false);
        sender.SendUnlessKnown(earlier);
    }
}
