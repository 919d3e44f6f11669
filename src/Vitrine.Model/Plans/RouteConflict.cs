namespace Vitrine.Model.Plans;

/// <summary>Something of a node that cannot be had as it says.</summary>
/// <param name="Node">its name</param>
/// <param name="Problem">a sentence without its subject: "podCIDR 10.0.0.0/24 overlaps …"</param>
public sealed record RouteConflict(string Node, string Problem)
{
    public override string ToString() => $"node/{Node}: {Problem}";
}
