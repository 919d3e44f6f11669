namespace Vitrine.Agent.Stats;

/// <summary>One look at a cgroup, and what came of the CPU since the look before.</summary>
/// <param name="NanoCores">CPU per second of <paramref name="Window"/>, in billionths of a core; null at the first look.</param>
internal sealed record UsageSample(DateTimeOffset At, Usage Usage, long? NanoCores, TimeSpan Window)
{
    public static UsageSample After(UsageSample? before, DateTimeOffset at, Usage usage)
    {
        var window = before is null ? TimeSpan.Zero : at - before.At;
        var used = before is null ? -1 : usage.CpuNanoseconds - before.Usage.CpuNanoseconds;
        // A container that was started anew under the same path counts from zero.
        return new UsageSample(at, usage, used >= 0 && window > TimeSpan.Zero ? (long)(used / window.TotalSeconds) : null, window);
    }
}
