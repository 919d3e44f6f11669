using System.Diagnostics.Metrics;

namespace Vitrine.ApiServer.Store;

/// <summary>Counters of the store, meter "Vitrine.ApiServer".</summary>
internal static class StoreMetrics
{
    private static readonly Meter s_meter = new("Vitrine.ApiServer");
    private static readonly Counter<long> s_writes = s_meter.CreateCounter<long>("vitrine_store_writes_total");
    private static readonly Counter<long> s_commits = s_meter.CreateCounter<long>("vitrine_store_commits_total");

    /// <summary>One commit of so many writes; writes ÷ commits is what group commit saves.</summary>
    public static void Committed(int writes)
    {
        s_writes.Add(writes);
        s_commits.Add(1);
    }
}
