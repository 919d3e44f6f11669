namespace Vitrine.Model.Plans.Gateway;

/// <summary>A change of the path.</summary>
/// <param name="Kind">what is replaced</param>
/// <param name="Value">by what</param>
public sealed record PathModifier(PathModifierKind Kind, string Value);
