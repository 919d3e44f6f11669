namespace Vitrine.Agent.Eviction;

/// <summary>The node's pressure conditions: true when a threshold is met, and until it has not been for a while, so that a node does not flap.</summary>
internal sealed class NodePressure(IReadOnlyList<EvictionThreshold> thresholds, TimeSpan transition)
{
    private readonly Dictionary<string, DateTimeOffset> observed = new(StringComparer.Ordinal);
    private readonly Dictionary<EvictionThreshold, DateTimeOffset> since = [];

    public IReadOnlyList<EvictionThreshold> Thresholds => thresholds;

    /// <summary>Types of the conditions that are true now.</summary>
    public IReadOnlyList<string> Current { get; private set; } = [];

    /// <returns>The thresholds that are met and have been for as long as they allow: memory first, and hard ones before soft ones.</returns>
    public IReadOnlyList<EvictionThreshold> Observe(IReadOnlyDictionary<string, (long Available, long Capacity)> room, DateTimeOffset now)
    {
        // A file system without inodes of its own (btrfs) has no threshold of them.
        var met = thresholds.Where(t => room.TryGetValue(t.Signal, out var left) && left.Capacity > 0 && left.Available < t.At(left.Capacity)).ToHashSet();
        foreach (var threshold in thresholds)
        {
            if (!met.Contains(threshold))
            {
                since.Remove(threshold);
                continue;
            }

            since.TryAdd(threshold, now);
            observed[threshold.Condition] = now;
        }

        Current = [.. observed.Where(o => o.Value == now || now - o.Value < transition).Select(o => o.Key).Order(StringComparer.Ordinal)];
        return [.. met.Where(t => now - since[t] >= (t.Grace ?? TimeSpan.Zero)).OrderBy(t => t.Signal != EvictionThreshold.Memory).ThenBy(t => t.Grace is not null)];
    }
}
