namespace Vitrine.Agent.Pods;

/// <summary>Doubling delays per key, 10 s to 5 min, forgotten after 10 min of quiet: kubelet's back-off for restarts and pulls.</summary>
internal sealed class BackOff
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private readonly Dictionary<string, (TimeSpan Delay, DateTimeOffset At)> entries = [];

    /// <summary>The delay now in force for the key.</summary>
    public TimeSpan Delay(string key) => entries.TryGetValue(key, out var entry) ? entry.Delay : TimeSpan.Zero;

    /// <summary>When the key may be tried again, given when it last failed.</summary>
    public DateTimeOffset NotBefore(string key, DateTimeOffset failedAt) =>
        !entries.TryGetValue(key, out var entry) || failedAt - entry.At > Longest * 2 ? failedAt : failedAt + entry.Delay;

    /// <summary>When the key may be tried again, counted from the last attempt.</summary>
    public DateTimeOffset NotBefore(string key) => entries.TryGetValue(key, out var entry) ? entry.At + entry.Delay : DateTimeOffset.MinValue;

    /// <summary>Records an attempt: the next one waits twice as long.</summary>
    public void Next(string key, DateTimeOffset now)
    {
        var delay = entries.TryGetValue(key, out var entry) && now - entry.At <= Longest * 2
            ? TimeSpan.FromTicks(Math.Min(entry.Delay.Ticks * 2, Longest.Ticks))
            : First;
        entries[key] = (delay, now);
    }

    public void Forget(string key) => entries.Remove(key);
}
