namespace Vitrine.Model.Plans.Services;

/// <summary>Where a node is.</summary>
/// <param name="Node">its name</param>
/// <param name="Zone">label topology.kubernetes.io/zone, or empty</param>
public readonly record struct Locality(string Node, string Zone)
{
    public const string ZoneLabel = "topology.kubernetes.io/zone";
}
