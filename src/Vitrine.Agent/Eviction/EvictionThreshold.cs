using System.Globalization;

namespace Vitrine.Agent.Eviction;

/// <summary>SIGNAL&lt;QUANTITY or SIGNAL&lt;PERCENT%: below it the node is under pressure, as kubelet's --eviction-hard writes it.</summary>
/// <param name="Signal">e.g. memory.available.</param>
/// <param name="Quantity">Bytes, inodes or processes; null for a share.</param>
/// <param name="Share">Of what there is, 0 to 1; null for a quantity.</param>
/// <param name="Grace">How long it has to be met before anything is done; null for a hard threshold, which acts at once.</param>
public sealed record EvictionThreshold(string Signal, long? Quantity, double? Share, TimeSpan? Grace = null)
{
    public const string Memory = "memory.available", Nodefs = "nodefs.available", NodefsInodes = "nodefs.inodesFree", Imagefs = "imagefs.available", ImagefsInodes = "imagefs.inodesFree", Pids = "pid.available";

    /// <summary>kubelet's own.</summary>
    public const string Default = "memory.available<100Mi,nodefs.available<10%,nodefs.inodesFree<5%,imagefs.available<15%,imagefs.inodesFree<5%";

    private static readonly string[] Signals = [Memory, Nodefs, NodefsInodes, Imagefs, ImagefsInodes, Pids];

    /// <summary>The node's condition.</summary>
    public string Condition => Signal switch { Memory => "MemoryPressure", Pids => "PIDPressure", _ => "DiskPressure" };

    /// <summary>The resource that is short, as kubelet names it.</summary>
    public string Resource => Signal switch { Memory => "memory", Pids => "pids", NodefsInodes or ImagefsInodes => "inodes", _ => "ephemeral-storage" };

    public long At(long capacity) => Quantity ?? (long)(capacity * Share!.Value);

    /// <param name="text">Thresholds with commas between; an empty text turns eviction off.</param>
    /// <exception cref="FormatException">Names the part, and what may stand there.</exception>
    public static IReadOnlyList<EvictionThreshold> ParseAll(string text) => [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse)];

    /// <param name="text">As for <see cref="ParseAll"/>.</param>
    /// <param name="graces">SIGNAL=DURATION with commas between, one for each threshold and no other.</param>
    /// <exception cref="FormatException">Names the part, and what may stand there.</exception>
    public static IReadOnlyList<EvictionThreshold> ParseSoft(string text, string graces)
    {
        var periods = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        foreach (var part in graces.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (part.Split('=') is not [var signal, var period] || !Signals.Contains(signal) || Duration(period) is not { } grace || !periods.TryAdd(signal, grace))
            {
                throw new FormatException($"the grace period \"{part}\" is none: write SIGNAL=DURATION, such as memory.available=1m30s, once for each soft threshold");
            }
        }

        var soft = ParseAll(text);
        if (soft.FirstOrDefault(t => !periods.ContainsKey(t.Signal)) is { } without)
        {
            throw new FormatException($"the soft threshold of {without.Signal} has no grace period: add {without.Signal}=DURATION");
        }

        return periods.Keys.FirstOrDefault(signal => soft.All(t => t.Signal != signal)) is { } unused
            ? throw new FormatException($"the grace period of {unused} belongs to no soft threshold: remove it, or add {unused}<QUANTITY")
            : [.. soft.Select(t => t with { Grace = periods[t.Signal] })];
    }

    private static TimeSpan? Duration(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : Pods.GoDuration.Parse(text);

    private static EvictionThreshold Parse(string text)
    {
        if (text.Split('<') is not [var signal, var value] || !Signals.Contains(signal))
        {
            throw new FormatException($"the eviction threshold \"{text}\" is none: write SIGNAL<QUANTITY or SIGNAL<PERCENT%; the signals are {string.Join(", ", Signals)}");
        }

        if (value.EndsWith('%'))
        {
            return double.TryParse(value[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent is >= 0 and <= 100
                ? new(signal, null, percent / 100)
                : throw new FormatException($"the eviction threshold \"{text}\" is none: \"{value}\" is no share from 0% to 100%");
        }

        return Vitrine.Model.Quantity.TryParse(value, out var quantity) && quantity.Milli >= 0
            ? new(signal, quantity.Value, null)
            : throw new FormatException($"the eviction threshold \"{text}\" is none: \"{value}\" is no quantity, such as 100Mi");
    }
}
