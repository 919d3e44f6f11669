using System.Net;

namespace Vitrine.Model.Plans;

/// <summary>A range of pod addresses, and the node whose pods have them.</summary>
public sealed record PodRange(IPNetwork Range, string Node, bool IsOwn)
{
    /// <summary>Kind and name of the object it comes from.</summary>
    public string Owner => $"node/{Node}";
}
