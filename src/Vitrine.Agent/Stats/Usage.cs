namespace Vitrine.Agent.Stats;

/// <summary>What a cgroup or the machine has used and holds.</summary>
/// <param name="CpuNanoseconds">Of all cores, since it exists.</param>
/// <param name="MemoryBytes">All that is charged to it.</param>
/// <param name="WorkingSetBytes">Without file pages that could be dropped at once: what kubelet goes by.</param>
/// <param name="RssBytes">Anonymous memory.</param>
internal readonly record struct Usage(long CpuNanoseconds, long MemoryBytes, long WorkingSetBytes, long RssBytes);
