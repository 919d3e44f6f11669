namespace Vitrine.Linux.Netlink;

/// <summary>A token bucket.</summary>
/// <param name="BytesPerSecond">long-term rate, Ethernet headers included</param>
/// <param name="BurstBytes">what may pass at once after a pause; a packet longer than this is never sent unless it can be segmented</param>
/// <param name="Latency">how long a packet may wait for tokens before it is dropped</param>
public sealed record RateLimit(ulong BytesPerSecond, uint BurstBytes, TimeSpan Latency)
{
    /// <summary>Bytes that may wait: struct tc_tbf_qopt's limit.</summary>
    internal uint QueueBytes => (uint)Math.Min(uint.MaxValue, BytesPerSecond * Latency.TotalSeconds + BurstBytes);
}
