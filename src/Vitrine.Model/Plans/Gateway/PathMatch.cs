namespace Vitrine.Model.Plans.Gateway;

/// <summary>What the path must be.</summary>
/// <param name="Kind">how it is compared</param>
/// <param name="Value">begins with /, except for an expression</param>
public sealed record PathMatch(PathKind Kind, string Value)
{
    public static PathMatch All { get; } = new(PathKind.Prefix, "/");
}
