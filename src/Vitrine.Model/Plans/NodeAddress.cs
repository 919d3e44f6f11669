using System.Net;

namespace Vitrine.Model.Plans;

/// <summary>An InternalIP of a node.</summary>
/// <param name="Address">the address</param>
/// <param name="Node">whose it is</param>
/// <param name="WithoutNat">it is ours or on our link, so an answer finds its way to a pod's own address</param>
public sealed record NodeAddress(IPAddress Address, string Node, bool WithoutNat)
{
    /// <summary>Kind and name of the object it comes from.</summary>
    public string Owner => $"node/{Node}";
}
