namespace Vitrine.Model.Explain;

/// <summary>What a namespace remembers of connections (nf_conntrack): each has its own entries, and the limit is the machine's.</summary>
/// <param name="Used">net.netfilter.nf_conntrack_count</param>
/// <param name="Most">net.netfilter.nf_conntrack_max; 0 for no limit</param>
public readonly record struct ConnectionTable(int Used, int Most)
{
    /// <summary>A new connection has a place only if another, which had no answer yet, loses its own (early drop).</summary>
    public bool IsFull => Most > 0 && Used >= Most;
}
