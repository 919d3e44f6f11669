namespace Vitrine.Model.Plans.Services;

/// <summary>What becomes of a connection to a front end.</summary>
public enum Fate
{
    /// <summary>To one of the endpoints that are chosen from all nodes' (traffic policy Cluster).</summary>
    Cluster,

    /// <summary>To one of this node's endpoints (traffic policy Local).</summary>
    Local,

    /// <summary>There is no endpoint: refused, by a TCP reset or ICMP port unreachable.</summary>
    Reject,

    /// <summary>There are endpoints, but policy Local and none here: dropped, as if the packet had not found this node.</summary>
    Drop,
}
