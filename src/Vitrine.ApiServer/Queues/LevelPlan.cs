using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Queues;

/// <summary>What a PriorityLevelConfiguration says, in seats.</summary>
/// <param name="Uid">Of the object; "" where there is none.</param>
/// <param name="Seats">Requests served at once.</param>
internal sealed record LevelPlan(string Name, string Uid, int Seats)
{
    /// <summary>Its requests need no seat.</summary>
    public bool Exempt { get; init; }

    /// <summary>How many of its seats others may have while they are free.</summary>
    public int Lendable { get; init; }

    /// <summary>How many seats of others it may have.</summary>
    public int Borrowing { get; init; } = int.MaxValue;

    /// <summary>0 where nobody waits: who finds no seat is refused.</summary>
    public int Queues { get; init; }

    /// <summary>How many of the queues each flow may wait in.</summary>
    public int Hand { get; init; }

    /// <summary>How many may wait in one queue.</summary>
    public int QueueLength { get; init; }

    /// <summary>What part of the server the level asks for.</summary>
    public static long SharesOf(JsonObject level) => Limits(level).Number("nominalConcurrencyShares") ?? 0;

    /// <param name="all">Seats of the server.</param>
    /// <param name="shares">Of all levels together.</param>
    public static LevelPlan Read(JsonObject level, int all, long shares)
    {
        JsonObject limits = Limits(level);
        JsonObject? queuing = limits.Object("limitResponse").Object("queuing");
        int seats = shares == 0 ? 0 : (int)(((all * SharesOf(level)) + shares - 1) / shares);
        return new LevelPlan(level.TextAt("metadata.name"), level.TextAt("metadata.uid"), seats)
        {
            Exempt = level.TextAt("spec.type") == "Exempt",
            Lendable = Percent(seats, limits.Number("lendablePercent") ?? 0),
            Borrowing = limits.Number("borrowingLimitPercent") is { } percent ? Percent(seats, percent) : int.MaxValue,
            Queues = (int)(queuing.Number("queues") ?? 0),
            Hand = (int)(queuing.Number("handSize") ?? 0),
            QueueLength = (int)(queuing.Number("queueLengthLimit") ?? 0),
        };
    }

    private static JsonObject Limits(JsonObject level) => level["spec"].Object("limited") ?? level["spec"].Object("exempt") ?? [];

    private static int Percent(int seats, long percent) => (int)Math.Min(int.MaxValue, Math.Round(seats * percent / 100.0, MidpointRounding.AwayFromZero));
}
